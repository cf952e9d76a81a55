import { listName, type Page, pageOf } from '@ticketing/common/pages';
import type { SessionUser } from '@ticketing/common/session';
import { type PersonAnswer, toPerson } from '../answer.ts';
import type { TieStore } from '../store/ties.ts';
import { positionIn, readCursor } from './cursor.ts';
import type { Deps } from './deps.ts';

export interface ListTies {
  readonly user: SessionUser;
  readonly limit: number;
  readonly cursor?: string;
}

/** A page of people, those first whom somebody followed, or blocked, last. Those without a profile are left out. */
const listing =
  (name: 'following' | 'blocked', storeOf: (deps: Deps) => TieStore) =>
  (deps: Deps) =>
  async ({ user, limit, cursor }: ListTies): Promise<Page<PersonAnswer>> => {
    const list = listName(name, user.id);
    const found = await storeOf(deps).newestOf(user.id, limit + 1, readCursor(cursor, list));
    const page = pageOf(found, limit, positionIn(list));
    const profiles = await deps.profiles.of(page.items.map(({ whom }) => whom));
    const known = new Map(profiles.map((profile) => [profile.id, toPerson(profile)]));
    return { ...page, items: page.items.flatMap(({ whom }) => known.get(whom) ?? []) };
  };

export const listFollowing = listing('following', ({ follows }) => follows);
export const listBlocked = listing('blocked', ({ blocks }) => blocks);
