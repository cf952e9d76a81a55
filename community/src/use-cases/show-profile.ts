import type { SessionUser } from '@ticketing/common/session';
import { type OthersProfileAnswer, toProfile } from '../answer.ts';
import type { Deps } from './deps.ts';
import { findProfile } from './find.ts';
import { viewerOf } from './viewer.ts';

export interface ShowProfile {
  readonly user?: SessionUser;
  readonly handle: string;
}

/** Shows a profile to anybody from whom its person is not hidden. @throws {NotFound} */
export const showProfile =
  (deps: Deps) =>
  async ({ user, handle }: ShowProfile): Promise<OthersProfileAnswer> => {
    const profile = await findProfile(deps, await viewerOf(deps, user), handle);
    const followedByMe = user !== undefined && (await deps.follows.isTied(user.id, profile.id));
    return { ...toProfile(profile), followedByMe };
  };
