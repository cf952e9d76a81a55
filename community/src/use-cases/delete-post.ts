import { NotFound, NotYours } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/session';
import type { Deps } from './deps.ts';
import { findPost } from './find.ts';
import { viewerOf } from './viewer.ts';

export interface DeletePost {
  readonly user: SessionUser;
  readonly id: string;
}

/** Takes one's own post away, with all that stands beneath it. @throws {NotFound} {NotYours} */
export const deletePost =
  (deps: Deps) =>
  async ({ user, id }: DeletePost): Promise<void> => {
    const post = await findPost(deps, await viewerOf(deps, user), id);
    if (post.author !== user.id) throw new NotYours('This post is not yours');
    if (!(await deps.posts.remove(id, deps.clock.now()))) throw new NotFound('Post not found');
  };
