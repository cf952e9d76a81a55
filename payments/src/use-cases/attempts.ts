import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceDeps } from '@ticketing/common/service';
import { isSettled, type Payment } from '../payment.ts';
import type { PaymentStore } from '../store/payments.ts';
import { IntentUnknown, StripeUnavailable } from '../stripe/stripe-port.ts';

/** Another replica may have moved the attempt, so whoever waits also looks for himself, in milliseconds. */
const LOOK_EVERY_MS = 200;
/** Attempts that one process drives at once by itself; the worker brings the rest. */
const MOST_AT_ONCE = 100;
/** A bound for what should not exist at all. */
const MOST_HOPELESS = 1_000;

export interface Attempts {
  /** Drives an attempt in the background; one that is under way here is driven once more after. */
  wake(id: string): void;
  /** Wakes what is open of an order. */
  wakeOrder(orderId: string): Promise<void>;
  /** A round of the worker: wakes what is due. */
  work(): Promise<void>;
  /** Resolves when this process is through with what it drives of an attempt, or the time is over. */
  driven(id: string, withinMs: number): Promise<void>;
  /**
   * The attempt once `enough` says so, or as it is when the time is over.
   * @param withinMs at most
   */
  until(id: string, enough: (payment: Payment) => boolean, withinMs: number): Promise<Payment | undefined>;
  /** Resolves when nothing is driven any more by this process. */
  rest(): Promise<void>;
}

/**
 * Keeps attempts moving. Only a convenience: what is not driven here now is driven by the worker of any replica later,
 * since an attempt that is not settled stays in its index.
 */
export const attempts = (
  payments: Pick<PaymentStore, 'find' | 'ofOrder' | 'takeDue'>,
  drive: (id: string) => Promise<Payment | undefined>,
  logger: ServiceDeps['logger'],
): Attempts => {
  const running = new Map<string, { again: boolean; done: Promise<void> }>();
  const hopeless = new Set<string>();
  const moved = new EventEmitter().setMaxListeners(0);

  /** Nothing will change it but somebody's hand: once is enough here, and reconciliation goes on telling. */
  const tellOnce = (id: string, error: IntentUnknown): void => {
    if (hopeless.has(id)) return;
    if (hopeless.size < MOST_HOPELESS) hopeless.add(id);
    logger.error(
      { paymentId: id, err: error },
      'nothing can be done with an attempt: see the command reconcile',
    );
  };

  const driveOnce = async (id: string): Promise<void> => {
    try {
      await drive(id);
    } catch (error) {
      if (error instanceof StripeUnavailable)
        logger.warn({ paymentId: id, err: error }, 'Stripe is not answering');
      else if (error instanceof IntentUnknown) tellOnce(id, error);
      else
        logger.error({ paymentId: id, err: error }, 'an attempt could not be driven; the worker tries again');
    } finally {
      moved.emit(id);
    }
  };

  const start = (id: string): void => {
    const known = running.get(id);
    if (known !== undefined) {
      known.again = true;
      return;
    }
    const run = { again: true, done: Promise.resolve() };
    run.done = (async () => {
      while (run.again) {
        run.again = false;
        await driveOnce(id);
      }
      running.delete(id);
    })();
    running.set(id, run);
  };

  const wake = (id: string): void => {
    if (running.has(id) || running.size < MOST_AT_ONCE) start(id);
  };

  return {
    wake,
    async wakeOrder(orderId) {
      for (const payment of await payments.ofOrder(orderId)) if (!isSettled(payment)) wake(payment.id);
    },
    async work() {
      const room = MOST_AT_ONCE - running.size;
      if (room <= 0) return;
      // What was taken is driven, though requests may have filled the room meanwhile: nobody else comes for it soon.
      for (const id of await payments.takeDue(room)) start(id);
    },
    async driven(id, withinMs) {
      const run = running.get(id);
      if (run === undefined) return;
      const late = new AbortController();
      await Promise.race([
        run.done,
        pause(withinMs, undefined, { signal: late.signal }).catch(() => undefined),
      ]);
      late.abort();
    },
    async until(id, enough, withinMs) {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const payment = await payments.find(id);
        const left = deadline - performance.now();
        if (payment === undefined || enough(payment) || left <= 0) return payment;
        const signal = AbortSignal.timeout(Math.ceil(Math.min(left, LOOK_EVERY_MS)));
        // Whichever comes first: a driver of this process is through with it, or it is time to look.
        await once(moved, id, { signal }).catch(() => undefined);
      }
    },
    async rest() {
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
};
