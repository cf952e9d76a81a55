import { randomInt } from 'node:crypto';
import type { SessionUser } from '@ticketing/common/session';
import { HandleTaken, type Profile, refuseHidden, unnamedProfile } from '../profile.ts';
import type { Deps } from './deps.ts';

/** Without letters and digits that look like others. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

const madeUpHandle = (): string =>
  `fan_${Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;

/** The profile of somebody, which is made where they have none. */
export const profileOf = async ({ profiles, clock }: Deps, userId: string): Promise<Profile> => {
  for (;;) {
    const known = await profiles.find(userId);
    if (known !== undefined) return known;
    try {
      await profiles.insert(unnamedProfile(userId, madeUpHandle(), clock.now()));
    } catch (error) {
      // Somebody else has this one: another is made up.
      if (!(error instanceof HandleTaken)) throw error;
    }
  }
};

/** The profile under which somebody writes. @throws {ProfileHidden} */
export const writer = async (deps: Deps, { id }: SessionUser): Promise<Profile> => {
  const profile = await profileOf(deps, id);
  refuseHidden(profile);
  return profile;
};

/** Lets pass who may like, follow and report: they need no profile for that. @throws {ProfileHidden} */
export const mayTakePart = async ({ profiles }: Deps, { id }: SessionUser): Promise<void> =>
  refuseHidden(await profiles.find(id));
