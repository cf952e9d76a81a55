/** Every use case of the service. */
import { cancelOrder } from './cancel-order.ts';
import { cancelUnpayableOrder } from './cancel-unpayable-order.ts';
import { completeOrder } from './complete-order.ts';
import type { Deps } from './deps.ts';
import { expireOrder } from './expire-order.ts';
import { listOrders } from './list-orders.ts';
import { noteReceipt } from './note-receipt.ts';
import { rememberTicket } from './remember-ticket.ts';
import { reserveTicket } from './reserve-ticket.ts';
import { showOrder } from './show-order.ts';
import { sweepOverdueOrders } from './sweep-overdue-orders.ts';

export { agenda } from './agenda.ts';

export const useCases = (deps: Deps) => ({
  cancelOrder: cancelOrder(deps),
  cancelUnpayableOrder: cancelUnpayableOrder(deps),
  completeOrder: completeOrder(deps),
  expireOrder: expireOrder(deps),
  listOrders: listOrders(deps),
  noteReceipt: noteReceipt(deps),
  rememberTicket: rememberTicket(deps),
  reserveTicket: deps.once(reserveTicket(deps)),
  showOrder: showOrder(deps),
  sweepOverdueOrders: sweepOverdueOrders(deps),
});

export type UseCases = ReturnType<typeof useCases>;
