import type { Logger } from 'pino';
import type { Faults } from '../control/faults.ts';
import type { Delivery, HappenedEvent } from '../domain/records.ts';
import { presentEvent } from '../present/present.ts';
import type { Ledger } from '../store/ledger.ts';
import { signatureOf } from './signature.ts';

export interface Destination {
  readonly url: string;
  /** `whsec_…` */
  readonly secret: string;
}

export interface WebhooksOptions {
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly logger: Logger;
  /** Without one, nothing is delivered. */
  readonly destination?: Destination | undefined;
  /** Milliseconds until the first retry; doubled each time. */
  readonly firstRetryMs?: number;
}

/** Delivers events as Stripe does: signed, in any order, at least once, again with pauses until somebody says 2xx. */
export interface Webhooks {
  /** How an event is to be delivered: by the mode that the faults ask for, at once or later, once, twice or never. */
  deliveriesOf(event: HappenedEvent): readonly Delivery[];
  /** There is something to deliver, perhaps. */
  wake(): void;
  /** Ends what is under way; it is delivered after the next start. */
  stop(): Promise<void>;
}

const AT_ONCE = 8;
const ANSWER_MS = 10_000;
const LONGEST_PAUSE_MS = 60 * 60_000;
const GIVE_UP_MS = 3 * 24 * 60 * 60_000;
/** Between two that are put in reverse, so that the first does arrive first. */
const STAGGER_MS = 50;

export const openWebhooks = (options: WebhooksOptions): Webhooks => {
  const { ledger, faults, logger, destination, firstRetryMs = 1_000 } = options;
  const underWay = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let isAwake = false;
  let reversal = { endsAt: 0, count: 0 };

  const reversed = (now: number): number => {
    if (now >= reversal.endsAt) reversal = { endsAt: now + faults.lateMs, count: 0 };
    reversal.count += 1;
    return Math.max(now, reversal.endsAt - STAGGER_MS * reversal.count);
  };

  const deliveriesOf = ({ id: eventId }: HappenedEvent): Delivery[] => {
    if (destination === undefined) return [];
    const now = Date.now();
    const once = (dueAt: number, id = eventId): Delivery => ({ id, eventId, since: now, dueAt, failures: 0 });
    switch (faults.webhooks) {
      case 'normal':
        return [once(now)];
      case 'twice':
        return [once(now), once(now, `${eventId}/2`)];
      case 'late':
        return [once(now + faults.lateMs)];
      case 'reordered':
        return [once(reversed(now))];
      case 'never':
        return [];
    }
  };

  const post = async ({ url, secret }: Destination, event: HappenedEvent): Promise<string | undefined> => {
    const body = JSON.stringify(presentEvent(event, true), null, 2);
    // A timer of our own: on Node 20 nothing holds an AbortSignal.timeout within AbortSignal.any, and it never fires.
    const ending = new AbortController();
    const end = () => ending.abort(stopping.signal.reason);
    const timer = setTimeout(
      () => ending.abort(new DOMException('No answer in time', 'TimeoutError')),
      ANSWER_MS,
    );
    stopping.signal.addEventListener('abort', end, { once: true });
    if (stopping.signal.aborted) end();
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'Stripe-Signature': signatureOf(body, secret, Date.now()),
        },
        body,
        redirect: 'manual',
        signal: ending.signal,
      });
      await response.body?.cancel();
      return response.ok ? undefined : `answered ${response.status}`;
    } catch (error) {
      return error instanceof Error ? error.name : 'no answer';
    } finally {
      clearTimeout(timer);
      stopping.signal.removeEventListener('abort', end);
    }
  };

  const note = (change: (draft: ReturnType<Ledger['begin']>) => void): void => {
    const draft = ledger.begin();
    change(draft);
    ledger.commit(draft);
  };

  const pauseAfter = (failures: number): number =>
    Math.min(LONGEST_PAUSE_MS, firstRetryMs * 2 ** failures) * (0.5 + Math.random() / 2);

  const deliver = async (to: Destination, delivery: Delivery): Promise<void> => {
    const { id, eventId, failures, since } = delivery;
    // Nobody may hear of what a crash could still undo.
    await ledger.settled();
    const event = ledger.find('events', eventId);
    const problem = event === undefined ? undefined : await post(to, event);
    if (problem === undefined) return note((draft) => draft.remove('deliveries', id));
    if (stopping.signal.aborted) return;
    const now = Date.now();
    if (now - since > GIVE_UP_MS) {
      logger.warn({ eventId, problem }, 'a webhook was given up');
      return note((draft) => draft.remove('deliveries', id));
    }
    logger.info({ eventId, failures: failures + 1, problem }, 'a webhook failed and will be sent again');
    note((draft) =>
      draft.put('deliveries', { ...delivery, failures: failures + 1, dueAt: now + pauseAfter(failures) }),
    );
  };

  /** Starts what is due, and comes again when the next one is. */
  const look = (to: Destination): void => {
    clearTimeout(timer);
    const now = Date.now();
    const due: Delivery[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const delivery of ledger.oldestFirst('deliveries')) {
      if (underWay.has(delivery.id)) continue;
      if (delivery.dueAt <= now) due.push(delivery);
      else next = Math.min(next, delivery.dueAt);
    }
    due.sort((a, b) => a.dueAt - b.dueAt);
    for (const delivery of due.slice(0, Math.max(0, AT_ONCE - underWay.size))) {
      const work = deliver(to, delivery)
        .catch((error: unknown) => logger.error({ err: error }, 'a webhook could not be noted'))
        .finally(() => {
          underWay.delete(delivery.id);
          wake();
        });
      underWay.set(delivery.id, work);
    }
    if (next < Number.POSITIVE_INFINITY) {
      timer = setTimeout(wake, Math.min(next - now, LONGEST_PAUSE_MS));
      timer.unref();
    }
  };

  /** Many reasons to look at once are one. */
  const wake = (): void => {
    if (isAwake || destination === undefined) return;
    isAwake = true;
    setImmediate(() => {
      isAwake = false;
      if (!stopping.signal.aborted) look(destination);
    });
  };

  return {
    deliveriesOf,
    wake,
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await Promise.all(underWay.values());
    },
  };
};
