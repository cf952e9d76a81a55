import { envelope, expirationComplete } from '@ticketing/common/events';
import { traceparentFrom } from '@ticketing/common/tracing';
import { contract } from '../contract.ts';
import type { Deadline } from '../store/deadlines.ts';
import type { Deps } from './deps.ts';

/** Says that a hold's time is over. Resolves once the broker has it; until then the deadline stays. */
export const announceExpiry =
  ({ relay, clock, metrics }: Deps) =>
  async ({ orderId, version, dueAt, traceparent }: Deadline): Promise<void> => {
    const due = { id: orderId, version };
    const about = { source: contract.source, time: clock.now(), traceparent: traceparentFrom(traceparent) };
    await relay.publish(envelope(expirationComplete, due, about));
    metrics.announced(clock.now().getTime() - dueAt.getTime());
  };
