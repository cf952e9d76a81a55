/** Every use case of the service. */
import type { Clock } from '@ticketing/common/clock';
import type { idempotency } from '@ticketing/common/idempotency';
import type { ServiceDeps } from '@ticketing/common/service';
import type { OrderAnswer } from '../answer.ts';
import type { OrderMetrics } from '../metrics.ts';
import type { OrderStore } from '../store/orders.ts';
import type { Progress } from '../store/progress.ts';
import type { TicketReplica } from '../store/tickets.ts';
import type { Agenda } from './agenda.ts';
import { cancelOrder } from './cancel-order.ts';
import { cancelUnpayableOrder } from './cancel-unpayable-order.ts';
import { completeOrder } from './complete-order.ts';
import { expireOrder } from './expire-order.ts';
import { fillOldOrders } from './fill-old-orders.ts';
import { listOrders } from './list-orders.ts';
import { noteReceipt } from './note-receipt.ts';
import { rememberTicket } from './remember-ticket.ts';
import { reserveTicket } from './reserve-ticket.ts';
import { showOrder } from './show-order.ts';
import { sweepOverdueOrders } from './sweep-overdue-orders.ts';

export { agenda } from './agenda.ts';

export interface Deps {
  readonly orders: OrderStore;
  readonly tickets: TicketReplica;
  readonly progress: Progress;
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

export const useCases = (deps: Deps) => ({
  cancelOrder: cancelOrder(deps),
  cancelUnpayableOrder: cancelUnpayableOrder(deps),
  completeOrder: completeOrder(deps),
  expireOrder: expireOrder(deps),
  fillOldOrders: fillOldOrders(deps),
  listOrders: listOrders(deps),
  noteReceipt: noteReceipt(deps),
  rememberTicket: rememberTicket(deps),
  reserveTicket: deps.once(reserveTicket(deps)),
  showOrder: showOrder(deps),
  sweepOverdueOrders: sweepOverdueOrders(deps),
});

export type UseCases = ReturnType<typeof useCases>;
