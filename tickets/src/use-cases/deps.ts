/** What the use cases are given. */
import type { Clock } from '@ticketing/common/clock';
import type { idempotency } from '@ticketing/common/idempotency';
import type { TicketAnswer } from '../answer.ts';
import type { TicketStore } from '../store/tickets.ts';

export interface Deps {
  readonly tickets: TicketStore;
  readonly clock: Clock;
  /** The one currency of the deployment, lower-case ISO 4217. */
  readonly currency: string;
  /** Makes creating a ticket safe to ask for twice, where the seller names a key. */
  readonly once: ReturnType<typeof idempotency<TicketAnswer>>;
}
