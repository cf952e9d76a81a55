import type { SessionUser } from '@ticketing/common/session';
import { type PersonAnswer, toPerson } from '../answer.ts';
import type { Deps } from './deps.ts';
import { viewerOf } from './viewer.ts';

export interface NamePeople {
  readonly user?: SessionUser;
  readonly userIds: readonly string[];
}

/** Handle and name of each of these people who has a profile, and is not hidden from the person who asks. */
export const namePeople =
  (deps: Deps) =>
  async ({ user, userIds }: NamePeople): Promise<PersonAnswer[]> => {
    const { hidden } = await viewerOf(deps, user);
    const profiles = await deps.profiles.of(userIds.filter((id) => !hidden.has(id)));
    return profiles.map(toPerson);
  };
