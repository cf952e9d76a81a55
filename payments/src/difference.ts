/**
 * Where Stripe, the attempts and the orders do not agree (docs/operations.md, "Money and tickets compared"); pure.
 * There should be nothing, except what a crash has left, and what a person has changed at Stripe by hand.
 */
import { isGivenBack, isSettled, type Order, type Payment } from './payment.ts';
import type { Intent } from './stripe/stripe-port.ts';

/** What a difference is called in logs, in metrics and on paper. */
export const kinds = [
  /** An authorisation, or what can still become one, that no attempt will ever capture. */
  'authorised for nobody',
  /** Money was taken and its order was not completed by it: somebody has to refund it, or to complete the order. */
  'captured without completed',
  /** An order that counts as paid, and no money. */
  'completed without captured',
  'amount differs',
  /** Somebody gave money of a completed order back at Stripe: their word stands, and is noted. */
  'refund not noted',
  /** Stripe has statuses by now that we do not know; nothing is decided by them. */
  'status unknown',
  /** An attempt that is not settled names an intent that Stripe does not know, so nothing will ever be decided of it. */
  'intent unknown',
  /** Neither Stripe nor orders has said for long how it ends. */
  'attempt open too long',
] as const;

export type Kind = (typeof kinds)[number];

/** What is right whoever looks, however often; a difference without one is for a human. */
export type Repair = 'cancel intent' | 'drive attempt' | 'note refund';

export interface Difference {
  readonly kind: Kind;
  readonly paymentId: string;
  readonly orderId: string;
  readonly intentId?: string | undefined;
  readonly repair?: Repair | undefined;
}

/** What is known of one payment. */
export interface Facts {
  readonly paymentId: string;
  readonly orderId: string;
  /** Of several that were made for the payment, one; undefined where Stripe has none. */
  readonly intent?: Intent | undefined;
  readonly attempt?: Payment | undefined;
  readonly order?: Order | undefined;
}

/** How old something must be to count: what is younger may still be under way. In milliseconds. */
export interface Ages {
  readonly intentMs: number;
  /**
   * Of an authorisation whose attempt is unknown here: longer than any order is held, as the attempt may be kept by
   * another deployment on the same account.
   */
  readonly unknownMs: number;
  readonly attemptMs: number;
}

export const usualAges: Ages = { intentMs: 5 * 60_000, unknownMs: 60 * 60_000, attemptMs: 15 * 60_000 };

const OBJECT_ID = /^[0-9a-f]{24}$/;

/** The payment that an intent was made for. @returns undefined for one that is not ours, on an account that is shared */
export const madeFor = ({
  metadata,
}: Pick<Intent, 'metadata'>): Pick<Facts, 'paymentId' | 'orderId'> | undefined => {
  const { paymentId = '', orderId = '' } = metadata;
  return OBJECT_ID.test(paymentId) && OBJECT_ID.test(orderId) ? { paymentId, orderId } : undefined;
};

const isOver = ({ status }: Intent): boolean => status === 'canceled' || status === 'succeeded';

/** The attempt confirms, captures and cancels this intent, or may still come to. */
const isOf = (attempt: Payment, intent: Intent): boolean =>
  attempt.intentId === undefined ? !isSettled(attempt) : attempt.intentId === intent.id;

/** Its order was completed by this payment. */
const isNamed = ({ paymentId, order }: Facts): boolean =>
  order?.status === 'completed' && order.paymentId === paymentId;

/** Nobody will capture this intent, and nobody else will cancel it. */
const isForNobody = (facts: Facts, intent: Intent, { unknownMs }: Ages, now: Date): boolean => {
  const { attempt } = facts;
  if (isOver(intent)) return false;
  // An order that was completed by an attempt we have lost: what is authorised is all the money there is for it.
  if (attempt === undefined) {
    return now.getTime() - intent.created.getTime() >= unknownMs && !isNamed(facts);
  }
  return !isOf(attempt, intent) || attempt.status === 'canceled' || attempt.status === 'failed';
};

/** Its table knows the way from here to captured: the attempt is driven, and nothing is lost. */
const willFollow = ({ status, reason }: Payment): boolean =>
  status === 'capturing' || (status === 'cancelling' && reason === 'capture_refused');

const isCapturedInVain = (facts: Facts, intent: Intent): boolean => {
  const { attempt } = facts;
  // What was given back is no longer taken: a difference that a human has settled goes away.
  if (intent.status !== 'succeeded' || isGivenBack(intent)) return false;
  if (attempt === undefined) return !isNamed(facts);
  if (!isOf(attempt, intent)) return true;
  return !willFollow(attempt) && !(attempt.status === 'captured' && isNamed(facts));
};

const isUnpaid = (facts: Facts): boolean => {
  const { attempt, intent } = facts;
  if (!isNamed(facts) || intent?.status === 'succeeded') return false;
  if (attempt === undefined) return true;
  return isSettled(attempt) && (intent === undefined || isOf(attempt, intent));
};

const isOfAnotherAmount = ({ attempt, order }: Facts, intent: Intent): boolean => {
  const agreed = attempt ?? order?.ticket.price;
  if (agreed === undefined || intent.status === 'canceled' || isGivenBack(intent)) return false;
  if (intent.currency !== agreed.currency) return true;
  if (intent.status !== 'succeeded') return intent.amount !== agreed.amount;
  // Too much may be given back; what is missing was never there.
  const kept = intent.amountReceived - intent.amountRefunded;
  return intent.amountReceived < agreed.amount || kept > agreed.amount;
};

const isRefundUnnoted = ({ attempt }: Facts, intent: Intent): boolean =>
  attempt?.status === 'captured' &&
  attempt.intentId === intent.id &&
  intent.amountRefunded > (attempt.refunded ?? 0);

const isOpenTooLong = ({ attempt, order }: Facts, { attemptMs }: Ages, now: Date): boolean => {
  if (attempt === undefined || isSettled(attempt)) return false;
  // A buyer may stay at the bank's page as long as the ticket is held.
  const isAtTheBank = attempt.status === 'requires_action' && order?.status === 'awaiting payment';
  const since = isAtTheBank ? new Date(order.expiresAt) : attempt.startedAt;
  return now.getTime() - since.getTime() >= attemptMs;
};

const isIntentUnknown = ({ attempt, intent }: Facts): boolean =>
  attempt?.intentId !== undefined && intent === undefined;

/**
 * Every difference there is about one payment. The facts must belong together: the attempt is the same before and after
 * the intent was asked for, and the order is read last.
 */
export const differences = (facts: Facts, now: Date, ages: Ages = usualAges): Difference[] => {
  const { paymentId, orderId, intent, attempt } = facts;
  const found: Difference[] = [];
  const add = (kind: Kind, repair?: Repair) =>
    found.push({ kind, paymentId, orderId, intentId: intent?.id ?? attempt?.intentId, repair });

  if (isOpenTooLong(facts, ages, now)) {
    if (isIntentUnknown(facts)) add('intent unknown');
    else add('attempt open too long', 'drive attempt');
  }
  if (intent !== undefined && now.getTime() - intent.created.getTime() < ages.intentMs) return found;
  if (intent?.status === 'unknown') {
    add('status unknown');
    return found;
  }
  if (isUnpaid(facts)) add('completed without captured');
  if (intent === undefined) return found;
  if (isForNobody(facts, intent, ages, now)) add('authorised for nobody', 'cancel intent');
  if (isCapturedInVain(facts, intent)) add('captured without completed');
  if (isOfAnotherAmount(facts, intent)) add('amount differs');
  if (isRefundUnnoted(facts, intent)) add('refund not noted', 'note refund');
  return found;
};
