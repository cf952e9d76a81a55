/** What the use cases are given. */
import type { Clock } from '@ticketing/common/clock';
import type { idempotency } from '@ticketing/common/idempotency';
import type { ServiceDeps } from '@ticketing/common/service';
import type { OrderAnswer } from '../answer.ts';
import type { OrderMetrics } from '../metrics.ts';
import type { OrderStore } from '../store/orders.ts';
import type { TicketReplica } from '../store/tickets.ts';
import type { Agenda } from './agenda.ts';

export interface Deps {
  readonly orders: OrderStore;
  readonly tickets: TicketReplica;
  readonly clock: Clock;
  readonly logger: ServiceDeps['logger'];
  readonly metrics: OrderMetrics;
  /** What was put off, to be done when its time comes. */
  readonly later: Agenda;
  /** Makes reserving safe to ask for twice, by an Idempotency-Key. */
  readonly once: ReturnType<typeof idempotency<OrderAnswer>>;
  /** How long a reservation holds a ticket. */
  readonly holdSeconds: number;
  /** Whether a buyer's holds are limited, in number and after lapses. */
  readonly limited: boolean;
}
