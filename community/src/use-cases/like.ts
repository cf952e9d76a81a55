import type { SessionUser } from '@ticketing/common/session';
import { type LikeAnswer, less } from '../answer.ts';
import { newMark } from '../store/counts.ts';
import type { Liked } from '../store/likes.ts';
import type { Deps } from './deps.ts';
import { findComment, findPost } from './find.ts';
import { viewerOf } from './viewer.ts';
import { mayTakePart } from './writer.ts';

export interface Like {
  readonly user: SessionUser;
  /** Of the post or comment. */
  readonly id: string;
}

/**
 * Likes a post or comment, or takes that back, whatever was before. The answer counts as the person who asks sees it.
 * @throws {NotFound} {ProfileHidden}
 */
const liking =
  (on: Liked, likedByMe: boolean) =>
  (deps: Deps) =>
  async ({ user, id }: Like): Promise<LikeAnswer> => {
    await mayTakePart(deps, user);
    const viewer = await viewerOf(deps, user);
    await (on === 'post' ? findPost : findComment)(deps, viewer, id);
    const mark = newMark();
    if (likedByMe) await deps.likes.like(id, on, user.id, mark);
    else await deps.likes.unlike(id, user.id, mark, deps.clock.now());
    const counts = on === 'post' ? deps.counts.likesOfPosts : deps.counts.likesOfComments;
    const all = await counts.afterChange(id, mark);
    const hidden = await counts.by([id], [...viewer.hidden]);
    return { likes: less(all, hidden.get(id) ?? 0), likedByMe };
  };

export const likePost = liking('post', true);
export const unlikePost = liking('post', false);
export const likeComment = liking('comment', true);
export const unlikeComment = liking('comment', false);
