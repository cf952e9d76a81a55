import 'server-only';
import { cache } from 'react';
import { ApiError } from '../../shared/api/api-error.ts';
import { toPage } from '../../shared/api/pages.ts';
import { ask } from '../../shared/api/server.ts';
import type { Comment, OwnProfile, Page, Post, Ticket } from '../../shared/api/types.ts';
import { unlessRefused } from '../../shared/api/unless-refused.ts';
import { type Told, withTickets } from './told.ts';
import { commentsPath, listPath, type Which } from './which.ts';

/** What a page of posts can do without is not waited for any longer. */
const SOON_MS = 2_000;
/** Nor are posts on a page that sells, which is shown anew as a whole when its ticket changes. */
const AT_ONCE_MS = 1_000;

/** The ticket that somebody writes about, asked for once a page; undefined where it is gone, or tickets is away. */
export const findAbout = cache(
  async (id: string): Promise<Ticket | undefined> =>
    unlessRefused(
      async () =>
        (await ask<Ticket>('tickets', 'get', `/api/tickets/${encodeURIComponent(id)}`, { timeout: SOON_MS }))
          .data,
    ),
);

/** A page of posts, newest first. @throws {ApiError} */
export const findPosts = async (which: Which, cursor: string | undefined): Promise<Page<Told>> =>
  withTickets(toPage(await ask<Post[]>('community', 'get', listPath(which, cursor))), findAbout, new Date());

/** The newest posts about a ticket, for its own page, which does not wait for them. @throws {ApiError} */
export const findPostsAbout = async (ticketId: string, limit: number): Promise<Page<Post>> =>
  toPage(
    await ask<Post[]>('community', 'get', listPath({ ticketId }, undefined, limit), { timeout: AT_ONCE_MS }),
  );

/** One post, asked for once a page. @throws {ApiError} */
export const findPost = cache(async (id: string): Promise<Told> => {
  const { data } = await ask<Post>('community', 'get', `/api/posts/${encodeURIComponent(id)}`);
  const { items } = await withTickets({ items: [data] }, findAbout, new Date());
  return items[0] ?? { post: data };
});

/** A page of the comments beneath a post, oldest first. @throws {ApiError} */
export const findComments = async (postId: string, cursor?: string): Promise<Page<Comment>> =>
  toPage(await ask<Comment[]>('community', 'get', commentsPath(postId, cursor)));

/** The visitor's own profile; null where they have none yet, undefined where nobody knows. */
export const findOwnProfile = cache(async (): Promise<OwnProfile | null | undefined> => {
  try {
    return (await ask<OwnProfile>('community', 'get', '/api/profiles/me', { timeout: SOON_MS })).data;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status === 404 ? null : undefined;
  }
});
