import { found } from '@ticketing/common/errors';
import { shownProfile } from '../profile.ts';
import { MOST_TIES, OwnProfile, TooManyBlocks } from '../ties.ts';
import type { Deps } from './deps.ts';
import type { Follow } from './follow.ts';

/**
 * Blocks a person: neither sees the other one any more, and neither follows the other one.
 * @throws {NotFound} {OwnProfile} {TooManyBlocks}
 */
export const block =
  (deps: Deps) =>
  async ({ user, handle }: Follow): Promise<{ blockedByMe: true }> => {
    // Those who blocked us are hidden from us, and we may block them all the same.
    const whom = shownProfile(await deps.profiles.findByHandle(handle), new Set());
    if (whom.id === user.id) throw new OwnProfile();
    if (!(await deps.blocks.hasRoom(user.id, whom.id, MOST_TIES))) throw new TooManyBlocks();
    await deps.blocks.tie(user.id, whom.id, deps.clock.now());
    await deps.follows.untie(user.id, whom.id);
    await deps.follows.untie(whom.id, user.id);
    return { blockedByMe: true };
  };

/** Blocks a person no longer, whatever was before. @throws {NotFound} */
export const unblock =
  (deps: Deps) =>
  async ({ user, handle }: Follow): Promise<{ blockedByMe: false }> => {
    // Also one that an operator has hidden meanwhile.
    const whom = found(await deps.profiles.findByHandle(handle), 'Profile');
    await deps.blocks.untie(user.id, whom.id);
    return { blockedByMe: false };
  };
