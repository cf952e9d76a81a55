import { InvalidFields, NotSignedIn } from '@ticketing/common/errors';
import { listName, type Page, pageOf } from '@ticketing/common/pages';
import type { SessionUser } from '@ticketing/common/session';
import type { PostAnswer } from '../answer.ts';
import type { Which } from '../store/posts.ts';
import { positionIn, readCursor } from './cursor.ts';
import type { Deps } from './deps.ts';
import { tellPosts } from './tell.ts';
import { viewerOf } from './viewer.ts';

export interface ListPosts {
  readonly user?: SessionUser;
  /** Posts of this person. */
  readonly author?: string;
  /** Posts about this ticket. */
  readonly ticketId?: string;
  /** Posts of the people that one follows. */
  readonly feed?: 'following';
  readonly limit: number;
  readonly cursor?: string;
}

/** A page of posts, the newest first; everybody's, where nothing is said of which. @throws {NotSignedIn} */
export const listPosts =
  (deps: Deps) =>
  async ({ user, author, ticketId, feed, limit, cursor }: ListPosts): Promise<Page<PostAnswer>> => {
    if ([author, ticketId, feed].filter((which) => which !== undefined).length > 1)
      throw new InvalidFields([{ field: 'author', message: 'Say one of author, ticketId and feed' }]);
    if (feed === 'following' && user === undefined) throw new NotSignedIn();
    const list = listName('posts', author, ticketId, feed, feed && user?.id);
    const after = readCursor(cursor, list);

    const which = async (): Promise<Which> => {
      if (feed === 'following' && user !== undefined)
        return { list: 'by_author', authors: await deps.follows.whomOf(user.id) };
      if (author !== undefined) return { list: 'by_author', authors: [author] };
      return ticketId === undefined ? { list: 'newest' } : { list: 'about_ticket', ticketId };
    };
    const viewer = await viewerOf(deps, user);
    const without = [...viewer.hidden];
    const found = await deps.posts.list({ which: await which(), without, limit: limit + 1, after });
    const page = pageOf(found, limit, positionIn(list));
    return { ...page, items: await tellPosts(deps, viewer, page.items) };
  };
