/** What the HTTP API tells. */
import type { Comment, Post } from './post.ts';
import { handleStaysUntil, type Profile } from './profile.ts';

/** A person, as their name stands beside what they wrote. */
export interface PersonAnswer {
  readonly userId: string;
  readonly handle: string;
  readonly name: string;
}

export interface ProfileAnswer extends PersonAnswer {
  readonly about?: string | undefined;
  readonly city?: string | undefined;
  readonly links: readonly string[];
  readonly since: string;
}

/** Somebody else's profile. */
export interface OthersProfileAnswer extends ProfileAnswer {
  readonly followedByMe: boolean;
}

/** One's own profile. */
export interface OwnProfileAnswer extends ProfileAnswer {
  /** When the handle can be changed next; absent when it can be now. */
  readonly handleStaysUntil?: string | undefined;
  /** True when an operator has hidden it. */
  readonly hidden: boolean;
}

interface Written {
  readonly id: string;
  readonly author: PersonAnswer;
  readonly text: string;
  readonly createdAt: string;
  readonly likes: number;
  readonly likedByMe: boolean;
}

export interface CommentAnswer extends Written {
  readonly postId: string;
}

export interface PostAnswer extends Written {
  readonly ticketId?: string | undefined;
  readonly editedAt?: string | undefined;
  readonly comments: number;
}

export interface LikeAnswer {
  readonly likes: number;
  readonly likedByMe: boolean;
}

/** How a viewer sees a post or comment: what of its counts is hidden from them, and whether they like it. */
export interface Seen {
  readonly author: PersonAnswer;
  readonly hiddenLikes: number;
  readonly hiddenComments: number;
  readonly likedByMe: boolean;
}

export const toPerson = ({ id, handle, name }: Profile): PersonAnswer => ({ userId: id, handle, name });

export const toProfile = (profile: Profile): ProfileAnswer => ({
  ...toPerson(profile),
  about: profile.about,
  city: profile.city,
  links: profile.links,
  since: profile.since.toISOString(),
});

export const toOwnProfile = (profile: Profile, now: Date): OwnProfileAnswer => ({
  ...toProfile(profile),
  handleStaysUntil: handleStaysUntil(profile, now)?.toISOString(),
  hidden: profile.hidden,
});

/** A count without what is hidden. A like that is not counted yet may be hidden already. */
export const less = (count: number, hidden: number): number => Math.max(0, count - hidden);

const toWritten = ({ id, text, createdAt, likes }: Post | Comment, seen: Seen): Written => ({
  ...{ id, author: seen.author, text, createdAt: createdAt.toISOString() },
  likes: less(likes, seen.hiddenLikes),
  likedByMe: seen.likedByMe,
});

export const toPost = (post: Post, seen: Seen): PostAnswer => ({
  ...toWritten(post, seen),
  ticketId: post.ticketId,
  editedAt: post.editedAt?.toISOString(),
  comments: less(post.comments, seen.hiddenComments),
});

export const toComment = (comment: Comment, seen: Seen): CommentAnswer => ({
  ...toWritten(comment, seen),
  postId: comment.of,
});
