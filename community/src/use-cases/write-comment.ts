import { type IdempotencyKey, withKey } from '@ticketing/common/idempotency';
import type { SessionUser } from '@ticketing/common/session';
import { Types } from 'mongoose';
import type { CommentAnswer } from '../answer.ts';
import { refuseUnreadable } from '../post.ts';
import { newMark } from '../store/counts.ts';
import type { Deps } from './deps.ts';
import { findPost } from './find.ts';
import { tellComment } from './tell.ts';
import { viewerOf } from './viewer.ts';
import { writer } from './writer.ts';

export interface WriteComment {
  readonly user: SessionUser;
  /** Of the post. */
  readonly id: string;
  readonly text: string;
  readonly idempotency?: IdempotencyKey;
}

/** Writes a comment beneath a post. @throws {NotFound} {ProfileHidden} {InvalidFields} */
export const writeComment =
  (deps: Deps) =>
  async ({ user, id: of, text, idempotency }: WriteComment): Promise<CommentAnswer> => {
    refuseUnreadable(text);
    const author = await writer(deps, user);
    const viewer = await viewerOf(deps, user);
    await findPost(deps, viewer, of);
    const [id, mark, now] = [new Types.ObjectId().toHexString(), newMark(), deps.clock.now()];
    const comment = { id, of, author: author.id, text, createdAt: now, likes: 0 };
    await deps.comments.insert(comment, mark, withKey(user, idempotency, now));
    await deps.counts.commentsOfPosts.afterChange(of, mark);
    return tellComment(deps, viewer, comment);
  };
