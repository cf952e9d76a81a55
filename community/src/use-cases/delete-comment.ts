import { NotFound } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/session';
import { refuseToDelete } from '../post.ts';
import { newMark } from '../store/counts.ts';
import type { Deps } from './deps.ts';
import { findComment } from './find.ts';
import { viewerOf } from './viewer.ts';

export interface DeleteComment {
  readonly user: SessionUser;
  readonly id: string;
}

/** Takes a comment away: one's own, or one beneath one's own post. @throws {NotFound} {NotYours} */
export const deleteComment =
  (deps: Deps) =>
  async ({ user, id }: DeleteComment): Promise<void> => {
    const { comment, above } = await findComment(deps, await viewerOf(deps, user), id);
    refuseToDelete(comment, above, user.id);
    const mark = newMark();
    if (!(await deps.comments.remove(id, mark, deps.clock.now()))) throw new NotFound('Comment not found');
    await deps.counts.commentsOfPosts.afterChange(above.id, mark);
  };
