import { listName, type Page, pageOf } from '@ticketing/common/pages';
import type { SessionUser } from '@ticketing/common/session';
import type { CommentAnswer } from '../answer.ts';
import { positionIn, readCursor } from './cursor.ts';
import type { Deps } from './deps.ts';
import { findPost } from './find.ts';
import { tellComments } from './tell.ts';
import { viewerOf } from './viewer.ts';

export interface ListComments {
  readonly user?: SessionUser;
  /** Of the post. */
  readonly id: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** A page of the comments beneath a post, the oldest first. @throws {NotFound} where the post is not there */
export const listComments =
  (deps: Deps) =>
  async ({ user, id, limit, cursor }: ListComments): Promise<Page<CommentAnswer>> => {
    const list = listName('comments', id);
    const after = readCursor(cursor, list);
    const viewer = await viewerOf(deps, user);
    await findPost(deps, viewer, id);
    const without = [...viewer.hidden];
    const found = await deps.comments.list({ of: id, without, limit: limit + 1, after });
    const page = pageOf(found, limit, positionIn(list));
    return { ...page, items: await tellComments(deps, viewer, page.items) };
  };
