'use client';
import { request, requestPage } from '../../shared/api/browser.ts';
import type { Page, Post, Ticket } from '../../shared/api/types.ts';
import { unlessRefused } from '../../shared/api/unless-refused.ts';
import { type Told, withTickets } from './told.ts';
import { listPath, type Which } from './which.ts';

/** Longer than a page needs, and shorter than a reader's patience. */
const SOON_MS = 4_000;

const findAbout = (id: string): Promise<Ticket | undefined> =>
  unlessRefused(
    async () =>
      (await request<Ticket>({ url: `/api/tickets/${encodeURIComponent(id)}`, timeout: SOON_MS })).data,
  );

/** A page of posts, asked for by the browser. @throws {ApiError} */
export const askPosts = async (which: Which, cursor: string): Promise<Page<Told>> =>
  withTickets(await requestPage<Post>(listPath(which, cursor)), findAbout, new Date());
