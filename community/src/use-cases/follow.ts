import type { SessionUser } from '@ticketing/common/session';
import { MOST_TIES, OwnProfile, TooManyFollows } from '../ties.ts';
import type { Deps } from './deps.ts';
import { findProfile } from './find.ts';
import { viewerOf } from './viewer.ts';
import { mayTakePart } from './writer.ts';

export interface Follow {
  readonly user: SessionUser;
  readonly handle: string;
}

/** Follows a person: twice is once. @throws {NotFound} {OwnProfile} {TooManyFollows} {ProfileHidden} */
export const follow =
  (deps: Deps) =>
  async ({ user, handle }: Follow): Promise<{ followedByMe: true }> => {
    await mayTakePart(deps, user);
    const whom = await findProfile(deps, await viewerOf(deps, user), handle);
    if (whom.id === user.id) throw new OwnProfile();
    if (!(await deps.follows.hasRoom(user.id, whom.id, MOST_TIES))) throw new TooManyFollows();
    await deps.follows.tie(user.id, whom.id, deps.clock.now());
    return { followedByMe: true };
  };

/** Follows a person no longer, whatever was before. @throws {NotFound} */
export const unfollow =
  (deps: Deps) =>
  async ({ user, handle }: Follow): Promise<{ followedByMe: false }> => {
    const whom = await findProfile(deps, await viewerOf(deps, user), handle);
    await deps.follows.untie(user.id, whom.id);
    return { followedByMe: false };
  };
