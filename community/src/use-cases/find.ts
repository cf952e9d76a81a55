/** Finds what is there for the person who asks. */
import { type Comment, type Post, shown } from '../post.ts';
import { type Profile, shownProfile } from '../profile.ts';
import type { Deps } from './deps.ts';
import type { Viewer } from './viewer.ts';

/** @throws {NotFound} */
export const findPost = async ({ posts }: Deps, { hidden }: Viewer, id: string): Promise<Post> =>
  shown(await posts.find(id), hidden, 'Post');

/** A comment, and the post that it is beneath: where that is gone, so is the comment. @throws {NotFound} */
export const findComment = async (
  deps: Deps,
  viewer: Viewer,
  id: string,
): Promise<{ comment: Comment; above: Post }> => {
  const comment = shown(await deps.comments.find(id), viewer.hidden, 'Comment');
  const above = shown(await deps.posts.find(comment.of), viewer.hidden, 'Comment');
  return { comment, above };
};

/** @throws {NotFound} */
export const findProfile = async ({ profiles }: Deps, { hidden }: Viewer, handle: string): Promise<Profile> =>
  shownProfile(await profiles.findByHandle(handle), hidden);
