/**
 * The aggregate: a payment attempt, one Stripe intent each. Its states and decisions, pure; each row of the table
 * (docs/protocol.md, "Payment attempt") is a line here. The *decision* is what the replica of the order says now, never
 * the event in hand; the *intent* is what Stripe said of the stored intent, never an error of a call.
 */
import {
  everyField,
  type OrderState,
  type PaymentState,
  type PaymentStatus,
  paymentAuthorized,
  paymentCreated,
  paymentFailed,
} from '@ticketing/common/events';
import { change, unchanged } from '@ticketing/common/outbox';
import type { Decline, Intent, Means } from './stripe/stripe-port.ts';

/** Why an attempt is being cancelled. */
export type CancelReason =
  | 'refused'
  | 'order_cancelled'
  | 'another_paid'
  | 'timed_out'
  /** Its hold was over long ago, and its buyer had not answered the bank. */
  | 'order_expired'
  | 'superseded'
  | 'capture_refused';

export interface Payment {
  readonly id: string;
  readonly version: number;
  readonly orderId: string;
  /** Its buyer. */
  readonly userId: string;
  readonly status: PaymentStatus;
  /** Integer minor units. */
  readonly amount: number;
  readonly currency: string;
  /** The buyer's token gives way to the PaymentMethod that was made of it. */
  readonly means: Means;
  /** Counts the idempotency keys under which the intent was asked for: `<id>/<keyNumber>`. */
  readonly keyNumber: number;
  readonly startedAt: Date;
  /** Stored before the intent is confirmed, and never changed. */
  readonly intentId?: string | undefined;
  /** What the buyer's browser needs for the bank's own check, while that is due. */
  readonly action?: { readonly clientSecret: string; readonly url?: string | undefined } | undefined;
  readonly reason?: CancelReason | undefined;
  readonly decline?: Decline | undefined;
  /** What was given back by hand at Stripe, in minor units, as far as reconciliation has seen it. */
  readonly refunded?: number | undefined;
}

/** The order as payments knows it. */
export type Order = OrderState;

/** How long an attempt may try to authorise before its buyer may begin anew, in milliseconds. */
export const AUTHORISING_MS = 60_000;
/** How long after the end of the hold the bank's own page may still be answered, in milliseconds. */
export const BANK_GRACE_MS = 5 * 60_000;
/** Keys under which an intent is asked for, each after a 5xx that Stripe kept under the one before. */
export const MAX_KEYS = 5;

/**
 * How long Stripe is left alone after its first 5xx, in milliseconds; after each further one twice as long. With every
 * key, and with jitter, no longer than a buyer waits: whoever waits hears how it ended.
 */
const FIRST_KEY_PAUSE_MS = 400;

/**
 * The pause before the next key is taken, in whole milliseconds: a quarter more or less than planned, so that the many
 * whom an outage has stopped do not come back together. None where no key is left.
 */
export const pauseAfterKey = (failedKey: number, random = Math.random): number =>
  failedKey >= MAX_KEYS ? 0 : Math.round(FIRST_KEY_PAUSE_MS * 2 ** (failedKey - 1) * (0.75 + 0.5 * random()));

/** Statuses that the unique index admits once an order; `cancelling` is not among them. */
export const underWay = [
  'authorising',
  'requires_action',
  'authorized',
  'capturing',
  'captured',
] as const satisfies readonly PaymentStatus[];

const terminal: readonly PaymentStatus[] = ['captured', 'canceled', 'failed'];

/** Nothing will change it any more. */
export const isSettled = (payment: Payment): boolean => terminal.includes(payment.status);

export const begin = (id: string, order: Order, means: Means, now: Date): Payment => ({
  id,
  version: 0,
  orderId: order.id,
  userId: order.userId,
  status: 'authorising',
  amount: order.ticket.price.amount,
  currency: order.ticket.price.currency,
  means,
  keyNumber: 1,
  startedAt: now,
});

/** The key under which this attempt asks Stripe for its intent; stored, by its number, before it is used. */
export const idempotencyKeyOf = (payment: Payment): string => `${payment.id}/${payment.keyNumber}`;

/** The key under which it asks for a PaymentMethod. */
export const methodKeyOf = (payment: Payment): string => `${idempotencyKeyOf(payment)}/means`;

const cancelling = (payment: Payment, reason: CancelReason, decline?: Decline) =>
  change({ ...payment, status: 'cancelling' as const, action: undefined, reason, decline });

const canceled = (payment: Payment) =>
  change({ ...payment, status: 'canceled' as const, action: undefined, reason: payment.reason });

const authorized = (payment: Payment) =>
  change({ ...payment, status: 'authorized' as const, action: undefined }, paymentAuthorized);

const captured = (payment: Payment) =>
  change({ ...payment, status: 'captured' as const, reason: undefined }, paymentCreated);

const failed = (payment: Payment) => change({ ...payment, status: 'failed' as const }, paymentFailed);

const isAuthorising = ({ status }: Payment): boolean =>
  status === 'authorising' || status === 'requires_action';

/**
 * Rows whose guard is the time that an attempt has. At the bank's page that is as long as the hold, and a little more: a
 * buyer may take minutes there, and orders decides all the same whether the ticket is still theirs.
 */
const followTime = (payment: Payment, order: Order, now: Date) => {
  const isPast = (time: number) => now.getTime() > time;
  if (payment.status === 'authorising' && isPast(payment.startedAt.getTime() + AUTHORISING_MS)) {
    return cancelling(payment, 'timed_out');
  }
  if (payment.status === 'requires_action' && isPast(Date.parse(order.expiresAt) + BANK_GRACE_MS)) {
    return cancelling(payment, 'order_expired');
  }
  // What is authorised is left on the verdict of orders alone: never because time has passed.
  return unchanged;
};

/** Rows whose guard is the order, or else the time. */
export const followOrder = (payment: Payment, order: Order, now: Date) => {
  const byAnother = order.status === 'completed' && order.paymentId !== payment.id;
  if (isAuthorising(payment) || payment.status === 'authorized') {
    if (order.status === 'cancelled') return cancelling(payment, 'order_cancelled');
    if (byAnother) return cancelling(payment, 'another_paid');
  }
  if (payment.status === 'authorized' && order.status === 'completed') {
    return change({ ...payment, status: 'capturing' as const });
  }
  return followTime(payment, order, now);
};

/** Money was taken, and all of it is back where it came from. */
export const isGivenBack = ({ status, amountReceived, amountRefunded }: Partial<Intent>): boolean =>
  status === 'succeeded' && amountReceived !== undefined && amountReceived === amountRefunded;

/** Rows whose guard is the intent. */
export const followIntent = (payment: Payment, intent: Pick<Intent, 'status'> & Partial<Intent>) => {
  switch (payment.status) {
    case 'authorising':
    case 'requires_action':
      switch (intent.status) {
        case 'requires_capture':
          return authorized(payment);
        case 'requires_action':
          if (payment.status === 'requires_action' || intent.clientSecret === undefined) return unchanged;
          return change({
            ...payment,
            status: 'requires_action' as const,
            action: { clientSecret: intent.clientSecret, url: intent.actionUrl },
          });
        case 'requires_payment_method':
          return cancelling(payment, 'refused', intent.lastError);
        case 'canceled':
          return canceled(payment);
        default:
          return unchanged;
      }
    case 'capturing':
      if (intent.status === 'succeeded') return captured(payment);
      if (intent.status === 'canceled') return failed(payment);
      return unchanged;
    case 'cancelling':
      if (intent.status === 'canceled') {
        return payment.reason === 'capture_refused' ? failed(payment) : canceled(payment);
      }
      // Another driver's capture won against a refusal.
      if (intent.status === 'succeeded' && payment.reason === 'capture_refused') return captured(payment);
      // Captured by hand at Stripe, and given back by hand: as good as cancelled.
      return isGivenBack(intent) ? canceled(payment) : unchanged;
    default:
      // `authorized` above all: not even an intent that was seen canceled moves it. The rest is settled.
      return unchanged;
  }
};

/**
 * Stores the PaymentMethod that the token was turned into, once. A token can be good for one turn only, so whoever asks
 * again, under another key, must not begin with it again.
 */
export const storeMethod = (payment: Payment, paymentMethod: string) =>
  payment.status === 'authorising' && payment.intentId === undefined && 'token' in payment.means
    ? change({ ...payment, means: { paymentMethod } })
    : unchanged;

/** Stores the intent's id, as long as the attempt is still authorising and has none. Only then it is confirmed. */
export const storeIntent = (payment: Payment, intentId: string) =>
  payment.status === 'authorising' && payment.intentId === undefined
    ? change({ ...payment, intentId })
    : unchanged;

/** Stripe keeps a 5xx under this key: asks again under the next, which is stored first. */
export const nextKey = (payment: Payment, failedKey: number) => {
  if (payment.status !== 'authorising' || payment.intentId !== undefined || payment.keyNumber !== failedKey) {
    return unchanged;
  }
  if (payment.keyNumber >= MAX_KEYS) return cancelling(payment, 'timed_out');
  return change({ ...payment, keyNumber: payment.keyNumber + 1 });
};

/** Stripe would not even make an intent of it: the means or the card. */
export const refuseMeans = (payment: Payment, decline: Decline) =>
  payment.status === 'authorising' && payment.intentId === undefined
    ? cancelling(payment, 'refused', decline)
    : unchanged;

/** Stripe refuses to confirm, for good, an intent that nobody has confirmed: a PaymentMethod that was used up, say. */
export const refuseConfirm = (payment: Payment, intent: Pick<Intent, 'status'>, decline: Decline) =>
  payment.status === 'authorising' && intent.status === 'requires_confirmation'
    ? cancelling(payment, 'refused', decline)
    : unchanged;

/** Stripe refuses to capture, for good, while the intent is `requires_capture`. */
export const refuseCapture = (payment: Payment, intent: Pick<Intent, 'status'>) =>
  payment.status === 'capturing' && intent.status === 'requires_capture'
    ? cancelling(payment, 'capture_refused')
    : unchanged;

/** A new attempt takes the place of one whose buyer has left the bank's page. */
export const supersede = (payment: Payment) =>
  payment.status === 'requires_action' ? cancelling(payment, 'superseded') : unchanged;

/** Notes what was given back at Stripe, beside what was captured; no decision depends on it. */
export const noteRefund = (payment: Payment, { amountRefunded }: Pick<Intent, 'amountRefunded'>) =>
  payment.status === 'captured' && amountRefunded > (payment.refunded ?? 0)
    ? change({ ...payment, refunded: amountRefunded })
    : unchanged;

/** Cancelled before an intent was stored: there is nothing at Stripe that anybody could authorise. */
export const endWithoutIntent = (payment: Payment) =>
  payment.status === 'cancelling' && payment.intentId === undefined ? canceled(payment) : unchanged;

/** The public state. It alone builds events. */
export const toPublic = (payment: Payment): PaymentState =>
  everyField<PaymentState>({
    id: payment.id,
    version: payment.version,
    orderId: payment.orderId,
    userId: payment.userId,
    status: payment.status,
    amount: payment.amount,
    currency: payment.currency,
  });
