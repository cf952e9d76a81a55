import 'server-only';
import { cache } from 'react';
import { ApiError } from '../../shared/api/api-error.ts';
import { findTicket } from '../../shared/api/find-ticket.ts';
import { toPage } from '../../shared/api/pages.ts';
import { ask } from '../../shared/api/server.ts';
import type { OwnProfile, Page, Person, Profile } from '../../shared/api/types.ts';

/** A profile as the visitor may see it, asked for once a page. @throws {ApiError} */
export const findProfile = cache(
  async (handle: string): Promise<Profile> =>
    (await ask<Profile>('community', 'get', `/api/profiles/${encodeURIComponent(handle)}`)).data,
);

/** The visitor's own; undefined before they have one. @throws {ApiError} */
export const findOwnProfile = async (): Promise<OwnProfile | undefined> => {
  try {
    return (await ask<OwnProfile>('community', 'get', '/api/profiles/me')).data;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
};

export type Ties = 'following' | 'blocked';

/** Few follow, or block, more than that. */
const AT_ONCE = 50;

/** Whom the visitor follows, or has blocked, the latest first. @throws {ApiError} */
export const findPeople = async (ties: Ties, cursor: string | undefined): Promise<Page<Person>> =>
  toPage(
    await ask<Person[]>('community', 'get', `/api/profiles/me/${ties}`, {
      params: { limit: AT_ONCE, cursor },
    }),
  );

/** No ticket's page waits longer to hear who sells it. */
const PATIENCE_MS = 400;

/** Who sells a ticket, where they have a profile, and community says so at once. Never rejects. */
export const findSeller = async (ticketId: string): Promise<Person | undefined> => {
  try {
    const params = { userIds: (await findTicket(ticketId)).userId };
    const timeout = PATIENCE_MS;
    return (await ask<Person[]>('community', 'get', '/api/profiles', { params, timeout })).data[0];
  } catch {
    return undefined;
  }
};
