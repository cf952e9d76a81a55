/** What the use cases are given. */
import type { Clock } from '@ticketing/common/clock';
import type { Relay } from '@ticketing/common/outbox';
import type { ExpirationMetrics } from '../metrics.ts';
import type { Deadlines } from '../store/deadlines.ts';

export interface Deps {
  readonly deadlines: Deadlines;
  readonly relay: Pick<Relay, 'publish'>;
  readonly clock: Clock;
  readonly metrics: ExpirationMetrics;
}
