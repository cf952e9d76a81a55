/** Makes answers of posts and comments, for the person who asks. */
import { found } from '@ticketing/common/errors';
import { type CommentAnswer, type PostAnswer, type Seen, toComment, toPerson, toPost } from '../answer.ts';
import type { Comment, Post } from '../post.ts';
import type { KeptCounts } from '../store/counts.ts';
import type { Deps } from './deps.ts';
import type { Viewer } from './viewer.ts';

interface Parts {
  readonly likes: KeptCounts;
  readonly comments?: KeptCounts;
}

/** How the viewer sees each of them: a few queries for all together. Nothing is told whose author has no profile. */
const lookAt = async <T extends Post | Comment>(
  { profiles, likes }: Deps,
  { id: viewer, hidden }: Viewer,
  written: readonly T[],
  counts: Parts,
): Promise<[T, Seen][]> => {
  const ids = written.map(({ id }) => id);
  const authors = [...new Set(written.map(({ author }) => author))];
  const [people, liked, hiddenLikes, hiddenComments] = await Promise.all([
    profiles.of(authors),
    viewer === undefined || ids.length === 0 ? new Set<string>() : likes.likedBy(viewer, ids),
    counts.likes.by(ids, [...hidden]),
    counts.comments?.by(ids, [...hidden]) ?? new Map<string, number>(),
  ]);
  const known = new Map(people.map((profile) => [profile.id, toPerson(profile)]));
  return written.flatMap((each): [T, Seen][] => {
    const author = known.get(each.author);
    if (author === undefined) return [];
    const seen = {
      author,
      hiddenLikes: hiddenLikes.get(each.id) ?? 0,
      hiddenComments: hiddenComments.get(each.id) ?? 0,
      likedByMe: liked.has(each.id),
    };
    return [[each, seen]];
  });
};

export const tellPosts = async (
  deps: Deps,
  viewer: Viewer,
  posts: readonly Post[],
): Promise<PostAnswer[]> => {
  const { likesOfPosts, commentsOfPosts } = deps.counts;
  const seen = await lookAt(deps, viewer, posts, { likes: likesOfPosts, comments: commentsOfPosts });
  return seen.map(([post, how]) => toPost(post, how));
};

export const tellComments = async (
  deps: Deps,
  viewer: Viewer,
  comments: readonly Comment[],
): Promise<CommentAnswer[]> => {
  const seen = await lookAt(deps, viewer, comments, { likes: deps.counts.likesOfComments });
  return seen.map(([comment, how]) => toComment(comment, how));
};

/** @throws {NotFound} where its author can no longer be told of */
export const tellPost = async (deps: Deps, viewer: Viewer, post: Post): Promise<PostAnswer> =>
  found((await tellPosts(deps, viewer, [post]))[0], 'Post');

/** @throws {NotFound} the same */
export const tellComment = async (deps: Deps, viewer: Viewer, comment: Comment): Promise<CommentAnswer> =>
  found((await tellComments(deps, viewer, [comment]))[0], 'Comment');
