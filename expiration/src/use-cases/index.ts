/** Every use case of the service. */
import { announceExpiry } from './announce-expiry.ts';
import type { Deps } from './deps.ts';
import { dropExpiry } from './drop-expiry.ts';
import { scheduleExpiry } from './schedule-expiry.ts';

export const useCases = (deps: Deps) => ({
  announceExpiry: announceExpiry(deps),
  dropExpiry: dropExpiry(deps),
  scheduleExpiry: scheduleExpiry(deps),
});

export type UseCases = ReturnType<typeof useCases>;
