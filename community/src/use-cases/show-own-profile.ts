import { found } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/session';
import { type OwnProfileAnswer, toOwnProfile } from '../answer.ts';
import type { Deps } from './deps.ts';

/** Shows somebody their own profile, hidden or not. @throws {NotFound} before they have one */
export const showOwnProfile =
  ({ profiles, clock }: Deps) =>
  async ({ user }: { readonly user: SessionUser }): Promise<OwnProfileAnswer> =>
    toOwnProfile(found(await profiles.find(user.id), 'Profile'), clock.now());
