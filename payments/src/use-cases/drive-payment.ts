import type { Decision } from '@ticketing/common/outbox';
import type { contract } from '../contract.ts';
import {
  endWithoutIntent,
  followIntent,
  followOrder,
  idempotencyKeyOf,
  isGivenBack,
  isSettled,
  methodKeyOf,
  nextKey,
  type Payment,
  pauseAfterKey,
  refuseCapture,
  refuseConfirm,
  refuseMeans,
  storeIntent,
  storeMethod,
} from '../payment.ts';
import {
  type Decline,
  type Intent,
  IntentUnknown,
  StripeKeptError,
  StripeRefused,
  StripeUnavailable,
} from '../stripe/stripe-port.ts';
import type { Deps } from './deps.ts';

type Events = (typeof contract.events)[number];
type Decide = (payment: Payment) => Decision<Payment, Events>;

/** Steps in one go. The longest way through the table is shorter; beyond, the worker goes on. */
const MAX_STEPS = 20;

/**
 * Runs every row of the attempt table whose guard holds, until nothing is left to do by now: reads the verdict, makes
 * the call that belongs to the state, asks Stripe what is true, and writes what follows, each write conditional on the
 * state. Requests, the worker, webhooks and reactions all drive through here, at the same time if it comes so: the
 * protocol is checked for any number of drivers, a crash between any two steps, and answers that are late or lost.
 */
export const drivePayment = (deps: Omit<Deps, 'webhooks' | 'metrics'>) => {
  const { payments, orders, stripe, clock, pause, at, logger } = deps;
  /** A call of Stripe, with the places before and after it where a test can end the process. */
  const call = async <T>(name: string, make: () => Promise<T>): Promise<T> => {
    await at(`before ${name}`);
    const answer = await make();
    await at(`after ${name}`);
    return answer;
  };

  /** A conditional write. @returns true if it changed something */
  const write = async (name: string, id: string, decide: Decide): Promise<boolean> => {
    await at(`before write ${name}`);
    const outcome = await payments.change(id, decide);
    await at(`after write ${name}`);
    return outcome?.kind === 'changed';
  };

  /** @throws {IntentUnknown} and so no row's guard holds: the attempt stays as it is, and reconciliation tells of it */
  const retrieve = (intentId: string): Promise<Intent> =>
    call('retrieve', async () => {
      try {
        return await stripe.retrieve(intentId);
      } catch (error) {
        throw error instanceof StripeRefused ? new IntentUnknown(`Stripe does not know ${intentId}`) : error;
      }
    });

  /**
   * Makes a call that moves an intent, and then tells what the intent is: by the call's own answer, or, if it failed in
   * any way, by retrieving it. So an error of confirm, capture or cancel never sets a state.
   */
  const moveIntent = async (
    name: 'confirm' | 'capture' | 'cancel',
    intentId: string,
  ): Promise<{ intent: Intent; refusal?: Decline }> => {
    try {
      return { intent: await call(name, () => stripe[name](intentId)) };
    } catch (error) {
      if (!(error instanceof StripeUnavailable || error instanceof StripeRefused)) throw error;
      const intent = await retrieve(intentId);
      return error instanceof StripeRefused ? { intent, refusal: error.decline } : { intent };
    }
  };

  /** Makes a PaymentMethod of the token, and stores it before it is used. */
  const makeMethod = async (payment: Payment, token: string): Promise<boolean> => {
    const method = await call('make method', () => stripe.createMethod(token, methodKeyOf(payment)));
    return write('method', payment.id, (current) => storeMethod(current, method));
  };

  /** Creates the intent, unconfirmed, and stores its id. */
  const makeIntent = async (payment: Payment, paymentMethod: string): Promise<boolean> => {
    const { id, orderId, amount, currency } = payment;
    const intent = await call('create', () =>
      stripe.createIntent({
        amount,
        currency,
        paymentMethod,
        metadata: { paymentId: id, orderId },
        idempotencyKey: idempotencyKeyOf(payment),
      }),
    );
    return write('intent id', id, (current) => storeIntent(current, intent.id));
  };

  /** authorising, no intent stored: takes the next step towards one. */
  const create = async (payment: Payment): Promise<boolean> => {
    const { id, means, keyNumber } = payment;
    try {
      return 'token' in means
        ? await makeMethod(payment, means.token)
        : await makeIntent(payment, means.paymentMethod);
    } catch (error) {
      if (error instanceof StripeKeptError) {
        // Before the write: who comes meanwhile asks under the old key, which costs Stripe nothing, and waits as well.
        await pause(pauseAfterKey(keyNumber));
        return write('next key', id, (current) => nextKey(current, keyNumber));
      }
      if (error instanceof StripeRefused) {
        return write('refused means', id, (current) => refuseMeans(current, error.decline));
      }
      throw error;
    }
  };

  /** authorising, intent stored: confirms it, unless somebody has. */
  const confirm = async ({ id }: Payment, intentId: string): Promise<boolean> => {
    const before = await retrieve(intentId);
    const { intent, refusal } =
      before.status === 'requires_confirmation'
        ? await moveIntent('confirm', intentId)
        : { intent: before, refusal: undefined };
    if (refusal !== undefined && intent.status === 'requires_confirmation') {
      return write('confirm refused', id, (current) => refuseConfirm(current, intent, refusal));
    }
    return write('confirmed', id, (current) => followIntent(current, intent));
  };

  /** requires_action: what has the bank said? */
  const look = async ({ id }: Payment, intentId: string): Promise<boolean> => {
    const intent = await retrieve(intentId);
    return write('looked', id, (current) => followIntent(current, intent));
  };

  const capture = async ({ id }: Payment, intentId: string): Promise<boolean> => {
    const { intent, refusal } = await moveIntent('capture', intentId);
    if (refusal !== undefined && intent.status === 'requires_capture') {
      return write('capture refused', id, (current) => refuseCapture(current, intent));
    }
    return write('captured', id, (current) => followIntent(current, intent));
  };

  const cancel = async ({ id, reason }: Payment, intentId: string | undefined): Promise<boolean> => {
    if (intentId === undefined) return write('ended without intent', id, endWithoutIntent);
    const { intent } = await moveIntent('cancel', intentId);
    if (intent.status === 'succeeded' && reason !== 'capture_refused' && !isGivenBack(intent)) {
      logger.error({ paymentId: id, intentId }, 'captured by somebody else than us: see reconciliation');
    }
    return write('cancelled', id, (current) => followIntent(current, intent));
  };

  /** The call that belongs to the state. @returns true if the attempt moved on */
  const act = (payment: Payment): Promise<boolean> => {
    const { status, intentId } = payment;
    if (status === 'cancelling') return cancel(payment, intentId);
    if (intentId === undefined) return status === 'authorising' ? create(payment) : Promise.resolve(false);
    switch (status) {
      case 'authorising':
        return confirm(payment, intentId);
      case 'requires_action':
        return look(payment, intentId);
      case 'capturing':
        return capture(payment, intentId);
      default:
        // Authorised: orders has to speak. Settled: nothing is left.
        return Promise.resolve(false);
    }
  };

  /**
   * @returns the attempt as it is when nothing more can be done by now, undefined where there is none
   * @throws {StripeUnavailable} when Stripe does not answer; the worker tries again
   * @throws {IntentUnknown} for an attempt with whose intent nothing can be done
   */
  return async (id: string): Promise<Payment | undefined> => {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const payment = await payments.find(id);
      if (payment === undefined || isSettled(payment)) return payment;
      const order = await orders.find(payment.orderId);
      const followed =
        order !== undefined &&
        (await write('verdict', id, (current) => followOrder(current, order, clock.now())));
      if (!followed && !(await act(payment))) return payments.find(id);
    }
    return payments.find(id);
  };
};
