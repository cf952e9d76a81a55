import type { Clock } from '@ticketing/common/clock';
import { found } from '@ticketing/common/errors';
import { Types } from 'mongoose';
import type { Order } from '../payment.ts';
import { OrderOnItsWay } from '../refusals.ts';
import type { OrderReplica } from '../store/orders.ts';

/** An event that took longer to come than this says that we are behind, in milliseconds. */
const LATE_MS = 1_000;
/** So long we count as behind after it, and so young is an order that may still be on its way. */
const YOUNG_MS = 30_000;
/** So many requests wait for an order (docs/http.md, "What was made a moment ago"); one more is answered at once. */
const MOST_WAITERS = 100;

export interface OrderLookup {
  /** Told of each event of an order that is new here, to learn how far behind we are. */
  heard(event: { readonly time: string }): void;
  /**
   * The order, which is waited for a moment if it is only just made.
   * @throws {NotFound} {OrderOnItsWay} where it may exist: our events are late, or too many wait already. A buyer who
   *   pays at once after their order's 201 must not be told that there is none, however busy everything is
   */
  find(id: string): Promise<Order>;
}

export const lookForOrder = (orders: Pick<OrderReplica, 'findSoon'>, clock: Clock): OrderLookup => {
  let behindUntil = 0;
  let waiting = 0;
  const now = () => clock.now().getTime();
  const isYoung = (id: string): boolean => now() - new Types.ObjectId(id).getTimestamp().getTime() < YOUNG_MS;

  return {
    heard({ time }) {
      if (now() - Date.parse(time) >= LATE_MS) behindUntil = now() + YOUNG_MS;
    },
    async find(id) {
      waiting += 1;
      const isCrowded = () => waiting > MOST_WAITERS;
      const wasCrowded = isCrowded();
      try {
        const order = await orders.findSoon(id);
        // Afterwards too: whoever came later may have been quicker to take the last place to wait in.
        if (order === undefined && isYoung(id) && (wasCrowded || isCrowded() || now() < behindUntil)) {
          throw new OrderOnItsWay();
        }
        return found(order, 'Order');
      } finally {
        waiting -= 1;
      }
    },
  };
};
