import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Account, type Books, byItself } from '../account.ts';
import { expire, refundable, UnexpectedState } from '../domain/payment-intent.ts';
import type { Intent } from '../domain/records.ts';
import { answerBank } from '../three-d-secure/answer-bank.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import { asList, type Faults, faultChanges, noFaults } from './faults.ts';

const id = z.string().max(255);

const changes = z.strictObject({
  ...faultChanges,
  /** The bank stops holding the money of these intents, as it does after a week. */
  expire: z.preprocess(asList, z.array(id).max(1_000).optional()),
  /** The card's holder answers the bank, without a browser. */
  authenticate: z.strictObject({ intent: id, result: z.enum(['complete', 'fail']) }).optional(),
  /** Delivers an event once more. */
  resend: id.optional(),
});

/** One line of a refused change: what is wrong, and where. */
export interface Problem {
  readonly message: string;
  readonly field?: string;
}

/** A change that was refused as a whole. */
export class BadControl extends Error {
  override readonly name = 'BadControl';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ message }) => message).join('; '));
    this.problems = problems;
  }
}

const found = <T>(value: T | undefined, what: string, field: string): T => {
  if (value === undefined) throw new BadControl([{ message: `No such ${what}`, field }]);
  return value;
};

/** Ends the hold of an authorised intent. @throws {BadControl} */
const expireIntent = (books: Books, intentId: string): void => {
  const intent = found(books.find('intents', intentId), `payment_intent: ${intentId}`, 'expire');
  const held = intent.latestChargeId === null ? undefined : books.find('charges', intent.latestChargeId);
  try {
    books.apply(expire(intent, found(held, `hold of ${intentId}`, 'expire'), books.now));
  } catch (error) {
    if (error instanceof UnexpectedState) throw new BadControl([{ message: error.message, field: 'expire' }]);
    throw error;
  }
};

export interface Control {
  /** The faults that are on, and how many webhooks wait. */
  show(): object;
  /** Applies a change, all of it or nothing. @throws {BadControl} */
  change(body: unknown): Promise<object>;
}

export const openControl = (account: Account, faults: Faults, webhooks: Webhooks): Control => {
  const show = () => ({ ...faults, pendingWebhooks: account.ledger.count('deliveries') });
  return {
    show,
    async change(body) {
      const parsed = changes.safeParse(body);
      if (!parsed.success) {
        throw new BadControl(
          parsed.error.issues.map(({ path, message }) => ({ message, field: path.join('.') })),
        );
      }
      const { reset, expire: expiring, authenticate, resend, ...given } = parsed.data;
      account.change(byItself, (books) => {
        for (const intentId of expiring ?? []) expireIntent(books, intentId);
        if (authenticate !== undefined) {
          const { intent: intentId, result } = authenticate;
          const intent = found(
            books.find('intents', intentId),
            `payment_intent: ${intentId}`,
            'authenticate',
          );
          if (intent.authentication === null) {
            throw new BadControl([{ message: `${intentId} waits for no bank`, field: 'authenticate' }]);
          }
          answerBank(books, intent, result === 'complete');
        }
        if (resend !== undefined) {
          const event = found(books.find('events', resend), `event: ${resend}`, 'resend');
          const now = Date.now();
          const delivery = { eventId: event.id, since: now, dueAt: now, failures: 0 };
          books.put('deliveries', { id: `${event.id}/${randomUUID()}`, ...delivery });
        }
      });
      await account.ledger.settled();
      if (reset === true) Object.assign(faults, noFaults());
      Object.assign(faults, {
        ...given,
        ...(given.failNext === undefined ? {} : { failNext: given.failNext ?? [] }),
        ...(given.loseAnswers === undefined ? {} : { loseAnswers: given.loseAnswers ?? [] }),
      });
      webhooks.wake();
      return show();
    },
  };
};

/** A payment as `GET /payments` lists it; amounts in minor units, and only money that moved. */
export interface ListedPayment {
  readonly id: string;
  readonly amount: number;
  readonly status: string;
  readonly amount_received: number;
  readonly amount_refunded: number;
}

/** Every payment there ever was, oldest first. */
export const listPayments = ({ ledger }: Account): ListedPayment[] => {
  const refunded = ({ latestChargeId }: Intent): number => {
    const charge = latestChargeId === null ? undefined : ledger.find('charges', latestChargeId);
    return charge?.captured === true ? charge.amountCaptured - refundable(charge) : 0;
  };
  return Array.from(ledger.oldestFirst('intents'), (intent) => ({
    id: intent.id,
    amount: intent.amount,
    status: intent.status,
    amount_received: intent.amountReceived,
    amount_refunded: refunded(intent),
  }));
};

/** Ends the holds that are older than banks keep them. */
export const expireOldHolds = async (account: Account, holdSeconds: number): Promise<void> => {
  const oldest = Math.floor(account.clock.now().getTime() / 1000) - holdSeconds;
  const isOver = ({ status, latestChargeId }: Intent): boolean => {
    const held = latestChargeId === null ? undefined : account.ledger.find('charges', latestChargeId);
    return status === 'requires_capture' && held !== undefined && held.created < oldest;
  };
  const over = [...account.ledger.oldestFirst('intents')].filter(isOver);
  if (over.length === 0) return;
  account.change(byItself, (books) => {
    for (const { id: intentId } of over) expireIntent(books, intentId);
  });
  await account.ledger.settled();
};
