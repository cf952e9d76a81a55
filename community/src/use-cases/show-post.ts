import type { SessionUser } from '@ticketing/common/session';
import type { PostAnswer } from '../answer.ts';
import type { Deps } from './deps.ts';
import { findPost } from './find.ts';
import { tellPost } from './tell.ts';
import { viewerOf } from './viewer.ts';

export interface ShowPost {
  readonly user?: SessionUser;
  readonly id: string;
}

/** Shows a post. @throws {NotFound} where it is deleted, hidden, or of somebody who is hidden from who asks */
export const showPost =
  (deps: Deps) =>
  async ({ user, id }: ShowPost): Promise<PostAnswer> => {
    const viewer = await viewerOf(deps, user);
    const post = await findPost(deps, viewer, id);
    return tellPost(deps, viewer, post);
  };
