import { NotFound } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/session';
import type { PostAnswer } from '../answer.ts';
import { edit } from '../post.ts';
import type { Deps } from './deps.ts';
import { findPost } from './find.ts';
import { tellPost } from './tell.ts';
import { viewerOf } from './viewer.ts';
import { mayTakePart } from './writer.ts';

export interface EditPost {
  readonly user: SessionUser;
  readonly id: string;
  readonly text: string;
}

/** Gives one's own post another text. @throws {NotFound} {NotYours} {TooLateToEdit} {InvalidFields} {ProfileHidden} */
export const editPost =
  (deps: Deps) =>
  async ({ user, id, text }: EditPost): Promise<PostAnswer> => {
    await mayTakePart(deps, user);
    const viewer = await viewerOf(deps, user);
    const post = await findPost(deps, viewer, id);
    const edited = edit(post, user.id, text, deps.clock.now());
    if (edited !== post && !(await deps.posts.edit(edited))) throw new NotFound('Post not found');
    return tellPost(deps, viewer, edited);
  };
