import { describe, expect, it } from '@jest/globals';
import type { PaymentStatus } from '@ticketing/common/events';
import { newId } from '@ticketing/common/testing';
import type { PaymentDocument } from '../src/documents.ts';
import { type Intent, type IntentStatus, madeFor } from '../src/intent.ts';
import { type OrderFacts, usualAges, wrongsOfOrder } from '../src/order.ts';
import {
  anAttempt,
  anIntent,
  anOrder,
  aTicket,
  cancelled,
  completedBy,
  copyOfOrder,
  idAt,
  MINUTE_MS,
  price,
} from './builders.ts';

const now = new Date('2030-01-01T12:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * MINUTE_MS);

const awaiting = anOrder(aTicket(), { id: idAt(ago(30)), expiresAt: ago(-5), savedAt: ago(30) });
const attempt = anAttempt(awaiting, { status: 'authorising' });
const completed = completedBy(awaiting, attempt.id);
const captured: PaymentDocument = { ...attempt, status: 'captured' };
const ended = cancelled(awaiting);
const settledAs = (status: 'canceled' | 'failed'): PaymentDocument => ({ ...attempt, status });
const intentThatIs = (status: IntentStatus, given: Partial<Intent> = {}): Intent =>
  anIntent(attempt, { status, created: ago(30), ...given });

interface Given {
  readonly order?: OrderFacts['order'];
  readonly attempts?: OrderFacts['attempts'];
  readonly intents?: readonly Intent[];
  /** Intents that Stripe was asked for, and does not have. */
  readonly unknown?: readonly string[];
}

/** What is wrong of these facts; the copy in payments is as the order is. */
const wrongsOf = ({ order, attempts = [], intents = [], unknown = [] }: Given) =>
  wrongsOfOrder(
    {
      id: awaiting.id,
      order,
      replica: order && copyOfOrder(order),
      attempts,
      intents: new Map([
        ...intents.map((intent) => [intent.id, intent] as const),
        ...unknown.map((id) => [id, undefined] as const),
      ]),
    },
    { now, ages: usualAges },
  );
const said = (given: Given): string[] =>
  wrongsOf(given).map(({ invariant, about }) => `${invariant}: ${about}`);
const details = (given: Given): string[] => wrongsOf(given).map(({ detail }) => detail);

const MONEY = ['money is its order: intent'];
const UNPAID = ['money is its order: order'];
const OPEN = ['nothing open: intent'];
const LATE = ['nothing open: payment'];

describe('of an order, nothing is wrong', () => {
  it('that awaits payment, is completed and paid, or cancelled and not paid', () => {
    expect(said({ order: awaiting })).toEqual([]);
    expect(said({ order: completed, attempts: [captured], intents: [intentThatIs('succeeded')] })).toEqual(
      [],
    );
    expect(
      said({ order: ended, attempts: [settledAs('canceled')], intents: [intentThatIs('canceled')] }),
    ).toEqual([]);
  });

  it('while it is being paid: an attempt that is not settled leads on', () => {
    const lately = { savedAt: ago(1) };
    for (const status of ['authorized', 'capturing', 'cancelling'] as const) {
      const underWay: PaymentDocument = { ...attempt, ...lately, status };
      for (const is of ['requires_capture', 'succeeded'] as const) {
        expect(said({ order: completed, attempts: [underWay], intents: [intentThatIs(is)] })).toEqual([]);
      }
    }
    for (const status of ['authorising', 'requires_action', 'authorized', 'cancelling'] as const) {
      const open: PaymentDocument = { ...attempt, ...lately, status };
      expect(
        said({ order: awaiting, attempts: [open], intents: [intentThatIs('requires_capture')] }),
      ).toEqual([]);
      expect(said({ order: ended, attempts: [open], intents: [intentThatIs('requires_capture')] })).toEqual(
        [],
      );
    }
    const { intentId: _intentId, ...notStoredYet } = { ...attempt, ...lately };
    const intents = [intentThatIs('requires_capture')];
    expect(said({ order: awaiting, attempts: [notStoredYet], intents })).toEqual([]);
  });

  it('where Stripe was asked before, and is not asked again', () => {
    expect(said({ order: completed, attempts: [captured] })).toEqual([]);
  });

  it('where an intent is younger than five minutes', () => {
    const young = { created: ago(4) };
    for (const status of ['requires_capture', 'succeeded', 'unknown'] as const) {
      const intents = [intentThatIs(status, young)];
      expect(said({ order: ended, attempts: [settledAs('canceled')], intents })).toEqual([]);
    }
    const order = { ...completed, id: idAt(ago(4)) };
    const facts = { id: order.id, order, replica: copyOfOrder(order), attempts: [], intents: new Map() };
    expect(wrongsOfOrder(facts, { now, ages: usualAges })).toEqual([]);
  });

  it('where an intent was made and never confirmed, and no attempt has its id: nobody has its secret', () => {
    const intents = [intentThatIs('requires_confirmation', { id: 'pi_2' })];
    for (const attempts of [[], [settledAs('canceled')], [captured]]) {
      const order = attempts.includes(captured) ? completed : ended;
      const known = attempts.includes(captured) ? [...intents, intentThatIs('succeeded')] : intents;
      expect(said({ order, attempts, intents: known })).toEqual([]);
    }
  });

  it('where its attempt was lost, and its intent was captured or holds what there is', () => {
    expect(said({ order: completed, intents: [intentThatIs('succeeded')] })).toEqual([]);
  });

  it('once what was taken in vain is given back', () => {
    const back = intentThatIs('succeeded', { amountRefunded: price.amount });
    expect(said({ intents: [back] })).toEqual([]);
    expect(said({ order: ended, attempts: [settledAs('canceled')], intents: [back] })).toEqual([]);
    const twice = intentThatIs('succeeded', { amountReceived: price.amount + 1, amountRefunded: 1 });
    expect(said({ order: completed, attempts: [{ ...captured, refunded: 1 }], intents: [twice] })).toEqual(
      [],
    );
  });
});

describe('of the money of an order it is wrong', () => {
  it('that it was taken for an order that is not completed by it', () => {
    const intents = [intentThatIs('succeeded')];
    const another = completedBy(awaiting, newId());
    expect(said({ intents })).toEqual(MONEY);
    expect(said({ order: ended, attempts: [settledAs('canceled')], intents })).toEqual(MONEY);
    expect(said({ order: ended, attempts: [captured], intents })).toEqual(MONEY);
    expect(said({ order: awaiting, attempts: [{ ...attempt, savedAt: ago(1) }], intents })).toEqual(MONEY);
    expect(
      said({ order: ended, attempts: [{ ...attempt, status: 'capturing', savedAt: ago(1) }], intents }),
    ).toEqual(MONEY);
    expect(said({ order: another, attempts: [captured], intents })).toEqual([...UNPAID, ...MONEY]);
    const elsewhere: PaymentDocument = { ...captured, intentId: 'pi_2' };
    const both = [...intents, intentThatIs('succeeded', { id: 'pi_2' })];
    expect(said({ order: completed, attempts: [elsewhere], intents: both })).toEqual(MONEY);
    const inPart = [intentThatIs('succeeded', { amountRefunded: price.amount - 1 })];
    expect(details({ order: ended, attempts: [settledAs('canceled')], intents: inPart })).toEqual([
      `0.01 usd were taken and kept, and completed no order: its order ${awaiting.id} is cancelled; ` +
        'its attempt is canceled',
    ]);
    expect(details({ intents })).toEqual([
      `19.99 usd were taken and kept, and completed no order: orders does not have its order ${awaiting.id}; ` +
        'payments does not have its attempt',
    ]);
  });

  it('that a completed order has none', () => {
    const costs = 'it is completed and costs 19.99 usd, but ';
    const isCaptured = `payment ${attempt.id} is captured`;
    const { paymentId: _paymentId, ...nameless } = completed;
    const { intentId: _intentId, ...withoutIntent } = captured;
    expect(details({ order: nameless })).toEqual([`${costs}it names no payment`]);
    expect(details({ order: completed })).toEqual([
      `${costs}payments does not have payment ${attempt.id}, and no intent of it has succeeded`,
    ]);
    expect(details({ order: completed, intents: [intentThatIs('requires_capture')] })).toHaveLength(1);
    expect(details({ order: completed, attempts: [withoutIntent] })).toEqual([
      `${costs}${isCaptured} and has no intent`,
    ]);
    expect(details({ order: completed, attempts: [captured], unknown: ['pi_1'] })).toEqual([
      `${costs}${isCaptured}, and Stripe does not have its intent pi_1`,
    ]);
    expect(
      details({ order: completed, attempts: [captured], intents: [intentThatIs('requires_capture')] }),
    ).toEqual([`${costs}${isCaptured}, and its intent pi_1 is requires_capture`]);
    expect(
      details({ order: completed, attempts: [settledAs('failed')], intents: [intentThatIs('canceled')] }),
    ).toEqual([`${costs}payment ${attempt.id} is failed, and its intent pi_1 is canceled`]);
    const other = { ...captured, orderId: newId() };
    expect(details({ order: completed, attempts: [other] })).toEqual([
      `${costs}payment ${attempt.id} is of order ${other.orderId}`,
    ]);
  });

  it('that it is another amount, or another currency', () => {
    const facts = { order: completed, attempts: [captured] };
    const more = { amount: price.amount + 1, amountReceived: price.amount + 1 };
    expect(details({ ...facts, intents: [intentThatIs('succeeded', more)] })).toEqual([
      `20.00 usd were taken, 20.00 usd kept; its order ${awaiting.id} costs 19.99 usd`,
    ]);
    expect(
      said({ ...facts, intents: [intentThatIs('succeeded', { amountReceived: price.amount - 1 })] }),
    ).toEqual(MONEY);
    expect(said({ ...facts, intents: [intentThatIs('succeeded', { currency: 'eur' })] })).toEqual(MONEY);
    const capturing: PaymentDocument = { ...attempt, status: 'capturing', savedAt: ago(1) };
    const held = intentThatIs('requires_capture', { amount: 1 });
    expect(details({ order: completed, attempts: [capturing], intents: [held] })).toEqual([
      `it is for 0.01 usd, and its order ${awaiting.id} costs 19.99 usd`,
    ]);
  });

  it('that an attempt is of another amount than its order, unless it was given up', () => {
    const cheaper = { ...captured, amount: 1 };
    const intents = [intentThatIs('succeeded')];
    expect(details({ order: completed, attempts: [cheaper], intents })).toEqual([
      `it is of 0.01 usd, and its order ${awaiting.id} costs 19.99 usd`,
    ]);
    const attempts: PaymentDocument[] = [{ ...settledAs('canceled'), amount: 1 }];
    expect(said({ order: ended, attempts, intents: [intentThatIs('canceled')] })).toEqual([]);
  });

  it('that a refund by hand is not noted, each time that more is given back', () => {
    const intents = [intentThatIs('succeeded', { amountRefunded: 500 })];
    const attempts = [{ ...captured, refunded: 499 }];
    expect(said({ order: completed, attempts: [captured], intents })).toEqual(MONEY);
    expect(details({ order: completed, attempts, intents })).toEqual([
      `5.00 usd were given back at Stripe; its attempt ${attempt.id} has noted 4.99 usd`,
    ]);
    expect(said({ order: completed, attempts: [{ ...captured, refunded: 500 }], intents })).toEqual([]);
    const all = [intentThatIs('succeeded', { amountRefunded: price.amount })];
    expect(said({ order: ended, attempts: [captured], intents: all })).toEqual(MONEY);
    expect(
      said({ order: completed, attempts: [{ ...captured, refunded: price.amount }], intents: all }),
    ).toEqual([]);
  });

  it('that an intent has a status that this version does not know, of which nothing else is said', () => {
    for (const attempts of [[], [captured], [settledAs('canceled')]]) {
      expect(details({ order: completed, attempts, intents: [intentThatIs('unknown')] })).toEqual([
        'it has a status that this version does not know',
      ]);
    }
  });
});

describe('what should be over is open:', () => {
  it.each<IntentStatus>([
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
  ])('an intent in %s that its attempt has given up', (status) => {
    const intents = [intentThatIs(status)];
    expect(said({ order: ended, attempts: [settledAs('canceled')], intents })).toEqual(OPEN);
    expect(details({ order: ended, attempts: [settledAs('failed')], intents })).toEqual([
      `it is ${status}, and its attempt ${attempt.id} is failed`,
    ]);
    expect(said({ order: ended, attempts: [captured], intents })).toEqual(OPEN);
  });

  it('a second intent of an attempt that has another, or ended without one', () => {
    const second = intentThatIs('requires_capture', { id: 'pi_2' });
    expect(
      details({ order: completed, attempts: [captured], intents: [intentThatIs('succeeded'), second] }),
    ).toEqual([`it is requires_capture, and its attempt ${attempt.id} has intent pi_1`]);
    const { intentId: _intentId, ...without } = settledAs('canceled');
    expect(said({ order: ended, attempts: [without], intents: [second] })).toEqual(OPEN);
  });

  it('an authorisation whose attempt is unknown, after an hour, unless its order counts on it', () => {
    const made = (minutes: number) => [intentThatIs('requires_capture', { created: ago(minutes) })];
    expect(said({ intents: made(59) })).toEqual([]);
    expect(said({ intents: made(60) })).toEqual(OPEN);
    expect(said({ order: completed, intents: made(60) })).toEqual(UNPAID);
  });

  it('an attempt that nothing has moved for long, but not while its buyer may be at the bank', () => {
    const at = (status: PaymentStatus, savedAt: Date): PaymentDocument => ({ ...attempt, status, savedAt });
    const held = [intentThatIs('requires_capture')];
    expect(said({ order: awaiting, attempts: [at('authorized', ago(15))], intents: held })).toEqual(LATE);
    expect(said({ order: awaiting, attempts: [at('authorized', ago(14))], intents: held })).toEqual([]);
    const { intentId: _intentId, ...without } = at('authorising', ago(15));
    expect(said({ order: awaiting, attempts: [without] })).toEqual(LATE);
    const asked = [intentThatIs('requires_action')];
    expect(said({ order: awaiting, attempts: [at('requires_action', ago(30))], intents: asked })).toEqual([]);
    const over = { ...awaiting, expiresAt: ago(15) };
    expect(said({ order: over, attempts: [at('requires_action', ago(30))], intents: asked })).toEqual([
      'every order ends: order',
      ...LATE,
    ]);
  });

  it('an attempt whose order has ended, but not before it had time to hear of it', () => {
    const left: PaymentDocument = { ...attempt, status: 'requires_action', savedAt: ago(30) };
    const intents = [intentThatIs('requires_action')];
    expect(said({ order: { ...ended, savedAt: ago(14) }, attempts: [left], intents })).toEqual([]);
    expect(details({ order: { ...ended, savedAt: ago(15) }, attempts: [left], intents })).toEqual([
      `it is requires_action since ${ago(30).toISOString()}, and its order ${awaiting.id} is cancelled`,
    ]);
  });

  it('an attempt whose intent Stripe does not have', () => {
    const late = { ...attempt, savedAt: ago(15) };
    expect(details({ order: awaiting, attempts: [late], unknown: ['pi_1'] })).toEqual([
      `it is authorising since ${ago(15).toISOString()}, and Stripe does not have its intent pi_1`,
    ]);
    expect(said({ order: awaiting, attempts: [{ ...late, savedAt: ago(14) }], unknown: ['pi_1'] })).toEqual(
      [],
    );
    expect(said({ order: ended, attempts: [settledAs('canceled')], unknown: ['pi_1'] })).toEqual([]);
  });

  it('an order that awaits payment more than five seconds after its time', () => {
    const expiredAgo = (ms: number) =>
      said({ order: { ...awaiting, expiresAt: new Date(now.getTime() - ms) } });
    expect(expiredAgo(5_000)).toEqual([]);
    expect(expiredAgo(5_001)).toEqual(['every order ends: order']);
    expect(said({ order: { ...ended, expiresAt: ago(15) } })).toEqual([]);
  });
});

describe('of the copy of an order it is wrong', () => {
  it('that it differs, also in what it keeps of the ticket', () => {
    const copy = copyOfOrder(awaiting);
    const facts = { id: awaiting.id, order: awaiting, attempts: [], intents: new Map() };
    const of = (replica: OrderFacts['replica'], order: OrderFacts['order'] = awaiting) =>
      wrongsOfOrder({ ...facts, order, replica }, { now, ages: usualAges }).map(({ detail }) => detail);
    expect(of(copy)).toEqual([]);
    expect(of({ ...copy, ticket: { ...(copy.ticket as object), place: 'Kiel' } })).toEqual([
      'the copy in payments has the same version 0 with other content: ticket.place is "Kiel" and not "Hamburg"',
    ]);
    expect(of(copy, ended)).toEqual(['the copy in payments has version 0; orders has 1']);
    expect(
      wrongsOfOrder({ ...facts, order: undefined, replica: copy }, { now, ages: usualAges }),
    ).toMatchObject([{ detail: 'payments has version 0 of it, and orders has no such document' }]);
  });
});

it('an intent is ours only where it names a payment and an order', () => {
  const about = { paymentId: newId(), orderId: newId() };
  expect(madeFor({ metadata: {} })).toBeUndefined();
  expect(madeFor({ metadata: { ...about, paymentId: '4711' } })).toBeUndefined();
  expect(madeFor({ metadata: { paymentId: about.paymentId } })).toBeUndefined();
  expect(madeFor({ metadata: { ...about, more: 'of it' } })).toEqual(about);
});
