/**
 * What can be wrong with one order: with its money at Stripe, with the attempts to pay it, and with the copy that
 * payments has of it; pure. What an order is, its own document says, and never what payments has heard of it.
 *
 * Of an attempt that is not settled nothing is said until it is open for too long: its table still leads on.
 */
import {
  isSettled,
  type OrderDocument,
  type PaymentDocument,
  type ReplicaDocument,
  secondOf,
} from './documents.ts';
import type { Intent } from './intent.ts';
import { faultOfCopy, stateOfOrder } from './public-state.ts';
import type { Wrong } from './report.ts';

/** How old something must be to count: what is younger may still be under way. In milliseconds. */
export interface Ages {
  /** Of an intent, and of an order that is completed without its money. */
  readonly intentMs: number;
  /**
   * Of an authorisation whose attempt is unknown here: longer than any order is held, as the attempt may be kept by
   * another deployment on the same account.
   */
  readonly unknownMs: number;
  /** Of an attempt that is not settled, since it, or its order, has changed last. */
  readonly attemptMs: number;
  /** Of a hold that is over. */
  readonly overdueMs: number;
}

export const usualAges: Ages = {
  intentMs: 5 * 60_000,
  unknownMs: 60 * 60_000,
  attemptMs: 15 * 60_000,
  overdueMs: 5_000,
};

/** All that the stores and Stripe have of one order. */
export interface OrderFacts {
  readonly id: string;
  /** As orders has it. */
  readonly order?: OrderDocument | undefined;
  /** As payments has heard of it. */
  readonly replica?: ReplicaDocument | undefined;
  /** The attempts to pay it, and the one that it names. */
  readonly attempts: readonly PaymentDocument[];
  /** By their ids; undefined for one that Stripe does not have. Of one that is not in it, Stripe was not asked. */
  readonly intents: ReadonlyMap<string, Intent | undefined>;
}

/** The moment, and what is old enough to count. */
export interface Judged {
  readonly now: Date;
  readonly ages: Ages;
}

const inWords = (amount: number, currency: string): string => `${(amount / 100).toFixed(2)} ${currency}`;

const isAsOld = (time: number, ms: number, now: Date): boolean => now.getTime() - time >= ms;

const money = (about: 'order' | 'payment' | 'intent', id: string, detail: string): Wrong => ({
  invariant: 'money is its order',
  about,
  id,
  detail,
});
const open = (about: 'payment' | 'intent', id: string, detail: string): Wrong => ({
  invariant: 'nothing open',
  about,
  id,
  detail,
});

const statusOf = ({ id, order }: OrderFacts): string =>
  order === undefined ? `orders does not have its order ${id}` : `its order ${id} is ${order.status}`;

/** The order was completed by this payment. */
const isNamed = ({ order }: OrderFacts, paymentId: string | undefined): boolean =>
  order?.status === 'completed' && order.paymentId === paymentId;

const copy = ({ id, order, replica }: OrderFacts): Wrong[] => {
  const names = { holder: 'payments', source: 'orders' };
  const fault = faultOfCopy(names, order && stateOfOrder(order), replica);
  if (fault === undefined) return [];
  const wrong = { invariant: 'replica is its source', about: 'order', id, detail: fault.detail } as const;
  return fault.kind === 'behind'
    ? [{ ...wrong, behind: { has: [fault.has], needs: [fault.needs] } }]
    : [wrong];
};

const overdue = ({ id, order }: OrderFacts, { now, ages }: Judged): Wrong[] => {
  if (order?.status !== 'awaiting payment') return [];
  const lateMs = now.getTime() - order.expiresAt.getTime();
  if (lateMs <= ages.overdueMs) return [];
  const detail = `it awaits payment, and its hold was over at ${order.expiresAt.toISOString()}`;
  return [{ invariant: 'every order ends', about: 'order', id, detail }];
};

/** An intent that is authorised, or can still become it. */
const isOpen = ({ status }: Intent): boolean => status !== 'canceled' && status !== 'succeeded';

const kept = ({ amountReceived, amountRefunded }: Intent): number => amountReceived - amountRefunded;

const isGivenBack = (intent: Intent): boolean => intent.amountReceived === intent.amountRefunded;

/** The attempt that an intent was made for, whether it has stored the intent or not. */
const attemptOf = ({ attempts }: OrderFacts, intent: Intent): PaymentDocument | undefined =>
  attempts.find(({ intentId }) => intentId === intent.id) ??
  attempts.find(({ id }) => id === intent.metadata.paymentId);

/** The attempt confirms, captures and cancels this intent, or may still come to. */
const isOf = (attempt: PaymentDocument, intent: Intent): boolean =>
  attempt.intentId === undefined ? !isSettled(attempt) : attempt.intentId === intent.id;

/** Why an intent that is not over will stay so. */
const whyOpenInVain = (
  facts: OrderFacts,
  intent: Intent,
  attempt: PaymentDocument | undefined,
  { now, ages }: Judged,
): string | undefined => {
  // Its id is stored before it is confirmed. One that is in no attempt was left by a crash, and nobody has its secret.
  if (attempt?.intentId !== intent.id && intent.status === 'requires_confirmation') return undefined;
  if (attempt === undefined) {
    const { paymentId } = intent.metadata;
    // What is authorised for an order that it has completed is all the money there is for it.
    if (!isAsOld(intent.created.getTime(), ages.unknownMs, now) || isNamed(facts, paymentId))
      return undefined;
    return `payments does not have its attempt ${paymentId}`;
  }
  if (!isOf(attempt, intent)) return `its attempt ${attempt.id} has intent ${attempt.intentId ?? 'none'}`;
  if (!isSettled(attempt)) return undefined;
  // The order is told of instead: it counts as paid, and is not.
  if (attempt.status === 'captured' && isNamed(facts, attempt.id)) return undefined;
  return `its attempt ${attempt.id} is ${attempt.status}`;
};

const openIntent = (
  facts: OrderFacts,
  intent: Intent,
  attempt: PaymentDocument | undefined,
  judged: Judged,
): Wrong[] => {
  const why = whyOpenInVain(facts, intent, attempt, judged);
  if (why !== undefined) return [open('intent', intent.id, `it is ${intent.status}, and ${why}`)];
  const price = facts.order?.ticket.price;
  if (price === undefined || attempt?.intentId !== intent.id) return [];
  if (intent.amount === price.amount && intent.currency === price.currency) return [];
  const [is, costs] = [inWords(intent.amount, intent.currency), inWords(price.amount, price.currency)];
  return [money('intent', intent.id, `it is for ${is}, and its order ${facts.id} costs ${costs}`)];
};

/** Whether what was taken is for an order that it has completed, or is about to be noted as that. */
const isTakenRightly = (facts: OrderFacts, intent: Intent, attempt: PaymentDocument | undefined): boolean => {
  if (attempt === undefined) return isNamed(facts, intent.metadata.paymentId);
  if (attempt.intentId !== undefined && attempt.intentId !== intent.id) return false;
  return isNamed(facts, attempt.id) && attempt.status !== 'canceled' && attempt.status !== 'failed';
};

const takenMoney = (facts: OrderFacts, intent: Intent, attempt: PaymentDocument | undefined): Wrong[] => {
  const wrongs: Wrong[] = [];
  const add = (detail: string) => wrongs.push(money('intent', intent.id, detail));
  const { amountReceived, amountRefunded, currency } = intent;
  // What was given back is no longer taken: a difference that a person has settled goes away.
  if (!isGivenBack(intent)) {
    const price = facts.order?.ticket.price;
    const has = inWords(kept(intent), currency);
    if (!isTakenRightly(facts, intent, attempt)) {
      const of =
        attempt === undefined ? 'payments does not have its attempt' : `its attempt is ${attempt.status}`;
      add(`${has} were taken and kept, and completed no order: ${statusOf(facts)}; ${of}`);
    } else if (price !== undefined) {
      const costs = inWords(price.amount, price.currency);
      // Less may be kept, where something was given back; what was never taken is missing.
      if (currency !== price.currency || kept(intent) > price.amount || amountReceived < price.amount)
        add(
          `${inWords(amountReceived, currency)} were taken, ${has} kept; its order ${facts.id} costs ${costs}`,
        );
    }
  }
  const noted = attempt?.refunded ?? 0;
  if (attempt?.status === 'captured' && attempt.intentId === intent.id && amountRefunded > noted) {
    const back = inWords(amountRefunded, currency);
    add(`${back} were given back at Stripe; its attempt ${attempt.id} has noted ${inWords(noted, currency)}`);
  }
  return wrongs;
};

const intents = (facts: OrderFacts, judged: Judged): Wrong[] =>
  [...facts.intents.values()].flatMap((intent) => {
    if (intent === undefined) return [];
    if (!isAsOld(intent.created.getTime(), judged.ages.intentMs, judged.now)) return [];
    if (intent.status === 'unknown') {
      return [money('intent', intent.id, 'it has a status that this version does not know')];
    }
    const attempt = attemptOf(facts, intent);
    if (isOpen(intent)) return openIntent(facts, intent, attempt, judged);
    return intent.status === 'succeeded' ? takenMoney(facts, intent, attempt) : [];
  });

/** Why no money is there for a completed order. @returns undefined where it is, or may be under way */
const whyUnpaid = (facts: OrderFacts, order: OrderDocument, { now, ages }: Judged): string | undefined => {
  const { paymentId } = order;
  if (paymentId === undefined) return 'it names no payment';
  const attempt = facts.attempts.find(({ id }) => id === paymentId);
  if (attempt === undefined) {
    const all = [...facts.intents.values()].filter((intent) => intent?.metadata.paymentId === paymentId);
    const isPaid = all.some((intent) => intent?.status === 'succeeded' || intent?.status === 'unknown');
    return isPaid
      ? undefined
      : `payments does not have payment ${paymentId}, and no intent of it has succeeded`;
  }
  if (attempt.orderId !== order.id) return `payment ${paymentId} is of order ${attempt.orderId}`;
  if (!isSettled(attempt)) return undefined;
  const is = `payment ${paymentId} is ${attempt.status}`;
  const { intentId } = attempt;
  if (intentId === undefined) return `${is} and has no intent`;
  // Where Stripe was asked before already, it was judged then.
  if (!facts.intents.has(intentId)) return undefined;
  const intent = facts.intents.get(intentId);
  if (intent === undefined) return `${is}, and Stripe does not have its intent ${intentId}`;
  const isYoung = !isAsOld(intent.created.getTime(), ages.intentMs, now);
  if (isYoung || intent.status === 'succeeded' || intent.status === 'unknown') return undefined;
  return `${is}, and its intent ${intentId} is ${intent.status}`;
};

const unpaid = (facts: OrderFacts, judged: Judged): Wrong[] => {
  const { id, order } = facts;
  if (order?.status !== 'completed' || !isAsOld(secondOf(id), judged.ages.intentMs, judged.now)) return [];
  const why = whyUnpaid(facts, order, judged);
  const { amount, currency } = order.ticket.price;
  return why === undefined
    ? []
    : [money('order', id, `it is completed and costs ${inWords(amount, currency)}, but ${why}`)];
};

/** Since when nothing has moved an attempt that is not settled. */
const stillSince = ({ order }: OrderFacts, { savedAt, status }: PaymentDocument): number => {
  if (order === undefined) return savedAt.getTime();
  const isHeld = order.status === 'awaiting payment';
  // A buyer may stay at the bank's page for as long as the ticket is held; what has ended moves the attempt on.
  if (isHeld && status !== 'requires_action') return savedAt.getTime();
  return Math.max(savedAt.getTime(), (isHeld ? order.expiresAt : order.savedAt).getTime());
};

const attemptsOf = (facts: OrderFacts, { now, ages }: Judged): Wrong[] =>
  facts.attempts.flatMap((attempt) => {
    const { id, status, amount, currency, intentId, savedAt } = attempt;
    if (attempt.orderId !== facts.id) return [];
    const wrongs: Wrong[] = [];
    if (!isSettled(attempt) && isAsOld(stillSince(facts, attempt), ages.attemptMs, now)) {
      const isUnknown = intentId !== undefined && facts.intents.has(intentId) && !facts.intents.get(intentId);
      const why = isUnknown ? `Stripe does not have its intent ${intentId}` : statusOf(facts);
      wrongs.push(open('payment', id, `it is ${status} since ${savedAt.toISOString()}, and ${why}`));
    }
    const price = facts.order?.ticket.price;
    const isGivenUp = status === 'canceled' || status === 'failed';
    if (price !== undefined && !isGivenUp && (amount !== price.amount || currency !== price.currency)) {
      const [is, costs] = [inWords(amount, currency), inWords(price.amount, price.currency)];
      wrongs.push(money('payment', id, `it is of ${is}, and its order ${facts.id} costs ${costs}`));
    }
    return wrongs;
  });

/**
 * Everything that is wrong with one order. The facts must belong together: the attempts are the same before and after
 * Stripe is asked, and the order is read last.
 */
export const wrongsOfOrder = (facts: OrderFacts, judged: Judged): Wrong[] => [
  ...copy(facts),
  ...overdue(facts, judged),
  ...unpaid(facts, judged),
  ...intents(facts, judged),
  ...attemptsOf(facts, judged),
];
