import { Unavailable } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/session';
import { type OwnProfileAnswer, toOwnProfile } from '../answer.ts';
import { describeSelf, type ProfileFields } from '../profile.ts';
import type { Deps } from './deps.ts';
import { profileOf } from './writer.ts';

export interface ChangeProfile extends ProfileFields {
  readonly user: SessionUser;
}

/** Of changes of one's own profile at the same moment, as many at most come before this one. */
const TRIES = 5;

/** Says who somebody is; makes their profile where they have none. @throws {HandleTaken} {HandleChangedLately} */
export const changeProfile =
  (deps: Deps) =>
  async ({ user, ...fields }: ChangeProfile): Promise<OwnProfileAnswer> => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const now = deps.clock.now();
      const before = await profileOf(deps, user.id);
      const changed = describeSelf(before, fields, now);
      if (await deps.profiles.replace(changed)) return toOwnProfile(changed, now);
    }
    throw new Unavailable();
  };
