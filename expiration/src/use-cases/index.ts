/** Every use case of the service. */
import type { Clock } from '@ticketing/common/clock';
import type { Relay } from '@ticketing/common/outbox';
import type { ExpirationMetrics } from '../metrics.ts';
import type { Deadlines } from '../store/deadlines.ts';
import { announceExpiry } from './announce-expiry.ts';
import { dropExpiry } from './drop-expiry.ts';
import { scheduleExpiry } from './schedule-expiry.ts';

export interface Deps {
  readonly deadlines: Deadlines;
  readonly relay: Pick<Relay, 'publish'>;
  readonly clock: Clock;
  readonly metrics: ExpirationMetrics;
}

export const useCases = (deps: Deps) => ({
  announceExpiry: announceExpiry(deps),
  dropExpiry: dropExpiry(deps),
  scheduleExpiry: scheduleExpiry(deps),
});

export type UseCases = ReturnType<typeof useCases>;
