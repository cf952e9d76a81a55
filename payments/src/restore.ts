/**
 * What becomes of an attempt to pay after its database was restored from a backup (docs/protocol.md, rule 8). Pure: the
 * backup's own attempt, its intent at Stripe and the order, as orders itself has it, come in.
 */
import { everyField, type OrderStatus } from '@ticketing/common/events';
import type { CancelReason, Payment } from './payment.ts';
import type { Intent, IntentStatus } from './stripe/stripe-port.ts';

/** An order in the documents of orders. */
export interface OwnOrder {
  readonly id: string;
  readonly userId: string;
  readonly status: OrderStatus;
  readonly paymentId?: string | undefined;
}

/** The attempt that an intent was made for, and its order. */
export interface MadeFor {
  readonly paymentId: string;
  readonly orderId: string;
}

/** An attempt of an order that orders does not know. */
const NOBODY = '0'.repeat(24);
/** Of a PaymentMethod that nothing tells any more. No attempt that has its intent is asked for it. */
const UNKNOWN_METHOD = 'unknown';

/** Of several intents of one attempt the one that tells most of the money: one that took it, then one that is authorised. */
export const bestOf = (intents: readonly Intent[]): Intent | undefined => {
  const order: readonly IntentStatus[] = ['succeeded', 'requires_capture'];
  const rankOf = ({ status }: Intent) => (order.includes(status) ? order.indexOf(status) : order.length);
  return [...intents].sort((a, b) => rankOf(a) - rankOf(b))[0];
};

/** Whether the backup does not know how it went on: what Stripe and orders say decides. */
export const isUncertain = (own: Payment | undefined): boolean =>
  own === undefined || own.status === 'authorising' || own.status === 'requires_action';

const reasonFor = (order: OwnOrder | undefined): CancelReason => {
  if (order?.status === 'cancelled') return 'order_cancelled';
  return order?.status === 'completed' ? 'another_paid' : 'timed_out';
};

export interface Traces extends MadeFor {
  readonly own: Payment | undefined;
  /** Its intents as Stripe lists them; not asked for where the attempt has stored its own. */
  readonly intents: readonly Intent[];
  readonly order: OwnOrder | undefined;
}

/**
 * What an uncertain attempt is: `capturing` where its order is completed by it, else `cancelling`; the table does the rest. A buyer
 * who had not paid pays again.
 * @returns 'lost' for the attempt that has completed its order, and of which Stripe has no intent
 */
export const asItIs = ({ paymentId, orderId, own, intents, order }: Traces): Payment | 'lost' | undefined => {
  const intent = own?.intentId === undefined ? bestOf(intents) : undefined;
  const intentId = own?.intentId ?? intent?.id;
  const isNamed = order?.status === 'completed' && order.paymentId === paymentId;
  if (isNamed && intentId === undefined) return 'lost';
  const is = isNamed
    ? ({ status: 'capturing', reason: undefined } as const)
    : ({ status: 'cancelling', reason: reasonFor(order) } as const);
  if (own !== undefined) return { ...own, ...is, version: own.version + 1, intentId, action: undefined };
  if (intent === undefined) return undefined;
  return everyField<Payment>({
    id: paymentId,
    version: 0,
    orderId,
    userId: order?.userId ?? NOBODY,
    ...is,
    amount: intent.amount,
    currency: intent.currency,
    means: { paymentMethod: intent.paymentMethod ?? UNKNOWN_METHOD },
    keyNumber: 1,
    startedAt: intent.created,
    intentId,
    action: undefined,
    decline: undefined,
    refunded: undefined,
  });
};
