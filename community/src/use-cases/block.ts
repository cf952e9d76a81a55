import { shownProfile } from '../profile.ts';
import { MOST_TIES, OwnProfile, TooManyBlocks } from '../ties.ts';
import type { Deps } from './deps.ts';
import type { Follow } from './follow.ts';

/** Anybody's profile: those who blocked us are hidden from us, and we may block them all the same. @throws {NotFound} */
const find = async ({ profiles }: Deps, handle: string) =>
  shownProfile(await profiles.findByHandle(handle), new Set());

/**
 * Blocks a person: neither sees the other one any more, and neither follows the other one.
 * @throws {NotFound} {OwnProfile} {TooManyBlocks}
 */
export const block =
  (deps: Deps) =>
  async ({ user, handle }: Follow): Promise<{ blockedByMe: true }> => {
    const whom = await find(deps, handle);
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
    const whom = await find(deps, handle);
    await deps.blocks.untie(user.id, whom.id);
    return { blockedByMe: false };
  };
