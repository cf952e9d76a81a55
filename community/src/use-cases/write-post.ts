import { type IdempotencyKey, withKey } from '@ticketing/common/idempotency';
import type { SessionUser } from '@ticketing/common/session';
import { Types } from 'mongoose';
import type { PostAnswer } from '../answer.ts';
import { refuseUnreadable } from '../post.ts';
import type { Deps } from './deps.ts';
import { tellPost } from './tell.ts';
import { viewerOf } from './viewer.ts';
import { writer } from './writer.ts';

export interface WritePost {
  readonly user: SessionUser;
  readonly text: string;
  readonly ticketId?: string;
  readonly idempotency?: IdempotencyKey;
}

/** Writes a post, under a profile that is made where there is none. @throws {ProfileHidden} {InvalidFields} */
export const writePost =
  (deps: Deps) =>
  async ({ user, text, ticketId, idempotency }: WritePost): Promise<PostAnswer> => {
    refuseUnreadable(text);
    const author = await writer(deps, user);
    const now = deps.clock.now();
    const id = new Types.ObjectId().toHexString();
    const post = { id, author: author.id, text, ticketId, createdAt: now, likes: 0, comments: 0 };
    await deps.posts.insert(post, withKey(user, idempotency, now));
    return tellPost(deps, await viewerOf(deps, user), post);
  };
