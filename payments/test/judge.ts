/** Does what orders does with an order that is being paid, over any bus: one decision at a time. */
import {
  type OrderState,
  orderCancelled,
  orderCompleted,
  orderCreated,
  paymentAuthorized,
  paymentCreated,
  paymentFailed,
} from '@ticketing/common/events';
import { type EventBus, on, react } from '@ticketing/common/messaging';
import { eventOf } from '@ticketing/common/testing';

const told = { 'awaiting payment': orderCreated, completed: orderCompleted, cancelled: orderCancelled };

export const openJudge = async (bus: EventBus) => {
  const orders = new Map<string, OrderState>();
  const heard: string[] = [];
  const say = (order: OrderState) => bus.publish(eventOf(told[order.status], order, 'orders'));

  /** Changes an order that is in this state, and says so. */
  const decide = async (
    id: string,
    from: OrderState['status'],
    change: Partial<OrderState>,
  ): Promise<void> => {
    const order = orders.get(id);
    if (order?.status !== from) return;
    const changed: OrderState = { ...order, ...change, version: order.version + 1 };
    orders.set(id, changed);
    await say(changed);
  };

  const judge = {
    /** Off, payments that are authorised wait. */
    isThere: true,
    /** What was heard of payments: `authorized <id>`, `failed <id>`, `created <id>`. */
    heard,
    orderOf: (id: string) => orders.get(id),
    /** A new order, which is told. */
    async take(order: OrderState): Promise<void> {
      orders.set(order.id, order);
      await say(order);
    },
    /** Says of an order that this payment has completed it, as one does who has heard nothing since. */
    async sayCompleted(id: string, paymentId: string): Promise<void> {
      const order = orders.get(id);
      if (order !== undefined) await say({ ...order, status: 'completed', paymentId, version: 1 });
    },
    cancel: (id: string) => decide(id, 'awaiting payment', { status: 'cancelled', reason: 'released' }),
    complete: (id: string, paymentId: string) =>
      decide(id, 'awaiting payment', { status: 'completed', paymentId }),
  };

  await react({
    bus,
    queueGroup: 'orders',
    deadLetters: { keep: async (letter) => Promise.reject(letter.error) },
    reactions: [
      on(paymentAuthorized, async ({ orderId, id }) => {
        heard.push(`authorized ${id}`);
        if (judge.isThere) await judge.complete(orderId, id);
      }),
      on(paymentFailed, async ({ orderId, id }) => {
        heard.push(`failed ${id}`);
        if (orders.get(orderId)?.paymentId !== id) return;
        await decide(orderId, 'completed', { status: 'cancelled', reason: 'payment_failed' });
      }),
      on(paymentCreated, async ({ id }) => {
        heard.push(`created ${id}`);
      }),
    ],
  });
  return judge;
};

export type Judge = Awaited<ReturnType<typeof openJudge>>;
