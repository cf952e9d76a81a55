import { describe, expect, it } from '@jest/globals';
import {
  type EventType,
  type PaymentStatus,
  paymentAuthorized,
  paymentCreated,
  paymentFailed,
} from '@ticketing/common/events';
import type { Decision } from '@ticketing/common/outbox';
import { anOrderState, newId } from '@ticketing/common/testing';
import {
  AUTHORISING_MS,
  BANK_GRACE_MS,
  begin,
  endWithoutIntent,
  followIntent,
  followOrder,
  idempotencyKeyOf,
  MAX_KEYS,
  methodKeyOf,
  nextKey,
  noteRefund,
  type Order,
  type Payment,
  pauseAfterKey,
  refuseCapture,
  refuseConfirm,
  refuseMeans,
  storeIntent,
  storeMethod,
  supersede,
  toPublic,
} from '../src/payment.ts';
import type { IntentStatus } from '../src/stripe/stripe-port.ts';

const now = new Date('2027-05-01T20:00:00Z');
const anOrder = (given: Partial<Order> = {}): Order =>
  anOrderState({ expiresAt: new Date(now.getTime() + 900_000).toISOString(), ...given });
const order = anOrder();

const aPayment = (given: Partial<Payment> = {}): Payment => ({
  ...begin(newId(), order, { token: 'tok_visa' }, now),
  intentId: 'pi_1',
  ...given,
});

const statuses: PaymentStatus[] = [
  'authorising',
  'requires_action',
  'authorized',
  'capturing',
  'captured',
  'cancelling',
  'canceled',
  'failed',
];
const intents: IntentStatus[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'canceled',
  'succeeded',
  'unknown',
];

type Move = Decision<Payment, EventType>;
/** Where a decision leads, and what it tells: `cancelling(refused)`, `captured!payment:created`. */
const said = (decision: Move): string | undefined => {
  if (decision.kind !== 'changed') return undefined;
  const { next, event } = decision;
  const reason = next.status === 'cancelling' ? `(${next.reason})` : '';
  return `${next.status}${reason}${event === undefined ? '' : ` tells ${event.type}`}`;
};

describe('a payment attempt follows its intent', () => {
  // The whole table: every state against everything an intent can be. What is not here leaves the attempt as it is.
  const rows: Record<string, string> = {
    'authorising + requires_capture': 'authorized tells payment:authorized',
    'authorising + requires_action': 'requires_action',
    'authorising + requires_payment_method': 'cancelling(refused)',
    'authorising + canceled': 'canceled',
    'requires_action + requires_capture': 'authorized tells payment:authorized',
    'requires_action + requires_payment_method': 'cancelling(refused)',
    'requires_action + canceled': 'canceled',
    'capturing + succeeded': 'captured tells payment:created',
    'capturing + canceled': 'failed tells payment:failed',
    'cancelling + canceled': 'canceled',
  };
  for (const status of statuses) {
    for (const intent of intents) {
      const row = `${status} + ${intent}`;
      it(`${row} → ${rows[row] ?? 'nothing'}`, () => {
        const reason = status === 'cancelling' ? ('refused' as const) : undefined;
        const decision = followIntent(aPayment({ status, reason }), { status: intent, clientSecret: 's' });
        expect(said(decision)).toBe(rows[row]);
      });
    }
  }

  const afterRefusedCapture: Record<string, string> = {
    canceled: 'failed tells payment:failed',
    succeeded: 'captured tells payment:created',
  };
  for (const intent of intents) {
    it(`cancelling (capture refused) + ${intent} → ${afterRefusedCapture[intent] ?? 'nothing'}`, () => {
      const payment = aPayment({ status: 'cancelling', reason: 'capture_refused' });
      expect(said(followIntent(payment, { status: intent }))).toBe(afterRefusedCapture[intent]);
    });
  }

  it('captured and given back by hand, was as good as cancelled, unless its capture was ours', () => {
    const back = { status: 'succeeded', amountReceived: 1999, amountRefunded: 1999 } as const;
    const byHand = aPayment({ status: 'cancelling', reason: 'order_cancelled' });
    expect(said(followIntent(byHand, back))).toBe('canceled');
    expect(said(followIntent(byHand, { ...back, amountRefunded: 1998 }))).toBeUndefined();
    expect(said(followIntent({ ...byHand, reason: 'capture_refused' }, back))).toBe(
      'captured tells payment:created',
    );
    expect(said(followIntent(aPayment({ status: 'capturing' }), back))).toBe(
      'captured tells payment:created',
    );
  });

  it('keeps what the bank needs while it asks, and forgets it afterwards', () => {
    const asked = followIntent(aPayment(), {
      status: 'requires_action',
      clientSecret: 's',
      actionUrl: '/3ds',
    });
    if (asked.kind !== 'changed') throw new Error('expected a change');
    expect(asked.next.action).toEqual({ clientSecret: 's', url: '/3ds' });
    const done = followIntent(asked.next, { status: 'requires_capture' });
    expect(done.kind === 'changed' && done.next.action).toBeUndefined();
  });

  it('keeps the words of a decline', () => {
    const lastError = { message: 'Your card was declined.', code: 'card_declined' };
    const refused = followIntent(aPayment(), { status: 'requires_payment_method', lastError });
    expect(refused.kind === 'changed' && refused.next.decline).toEqual(lastError);
  });
});

describe('a payment attempt follows the verdict of orders', () => {
  const id = newId();
  const verdicts: Record<string, Order> = {
    awaiting: order,
    cancelled: anOrder({ status: 'cancelled' }),
    'won by this': anOrder({ status: 'completed', paymentId: id }),
    'won by another': anOrder({ status: 'completed', paymentId: newId() }),
  };
  const rows: Record<string, string> = {
    'authorising + cancelled': 'cancelling(order_cancelled)',
    'authorising + won by another': 'cancelling(another_paid)',
    'requires_action + cancelled': 'cancelling(order_cancelled)',
    'requires_action + won by another': 'cancelling(another_paid)',
    'authorized + cancelled': 'cancelling(order_cancelled)',
    'authorized + won by another': 'cancelling(another_paid)',
    'authorized + won by this': 'capturing',
  };
  for (const status of statuses) {
    for (const [name, verdict] of Object.entries(verdicts)) {
      const row = `${status} + ${name}`;
      it(`${row} → ${rows[row] ?? 'nothing'}`, () => {
        expect(said(followOrder(aPayment({ id, status }), verdict, now))).toBe(rows[row]);
      });
    }
  }

  const from = (time: Date | string, ms: number) => new Date(new Date(time).getTime() + ms);
  const times: Record<string, Date> = {
    'its minute': from(now, AUTHORISING_MS),
    'a little more than its minute': from(now, AUTHORISING_MS + 1),
    'the hold and five minutes': from(order.expiresAt, BANK_GRACE_MS),
    'a little more than the hold and five minutes': from(order.expiresAt, BANK_GRACE_MS + 1),
  };
  const endings: Record<string, string> = {
    'authorising after a little more than its minute': 'cancelling(timed_out)',
    'authorising after the hold and five minutes': 'cancelling(timed_out)',
    'authorising after a little more than the hold and five minutes': 'cancelling(timed_out)',
    'requires_action after a little more than the hold and five minutes': 'cancelling(order_expired)',
  };
  for (const status of statuses) {
    for (const [name, time] of Object.entries(times)) {
      const row = `${status} after ${name}`;
      it(`${row}, the order still awaiting → ${endings[row] ?? 'nothing'}`, () => {
        expect(said(followOrder(aPayment({ status }), order, time))).toBe(endings[row]);
      });
    }
  }
});

describe('asking Stripe for an intent', () => {
  const fresh = aPayment({ intentId: undefined });

  it('uses a key of this very attempt, another after each 5xx that Stripe keeps', () => {
    expect(idempotencyKeyOf(fresh)).toBe(`${fresh.id}/1`);
    const next = nextKey(fresh, 1);
    expect(next.kind === 'changed' && idempotencyKeyOf(next.next)).toBe(`${fresh.id}/2`);
  });

  it('counts a kept 5xx once, however many drivers saw it', () => {
    expect(nextKey({ ...fresh, keyNumber: 2 }, 1).kind).toBe('unchanged');
  });

  it('gives up after a bounded number of keys', () => {
    expect(said(nextKey({ ...fresh, keyNumber: MAX_KEYS }, MAX_KEYS))).toBe('cancelling(timed_out)');
  });

  it('leaves Stripe alone for longer after each 5xx, by chance a little more or less, and for 8 seconds at most', () => {
    const keys = Array.from({ length: MAX_KEYS }, (_, index) => index + 1);
    const pauses = (random: number) => keys.map((key) => pauseAfterKey(key, () => random));
    expect(pauses(0)).toEqual([300, 600, 1_200, 2_400, 0]);
    expect(pauses(1)).toEqual([500, 1_000, 2_000, 4_000, 0]);
    expect(pauses(1).reduce((sum, ms) => sum + ms, 0)).toBeLessThan(8_000);
  });

  it('turns a token into a PaymentMethod once, under a key of its own, and goes on with that one', () => {
    expect(methodKeyOf(fresh)).not.toBe(idempotencyKeyOf(fresh));
    const stored = storeMethod(fresh, 'pm_1');
    if (stored.kind !== 'changed') throw new Error('expected a change');
    expect(stored.next.means).toEqual({ paymentMethod: 'pm_1' });
    expect(storeMethod(stored.next, 'pm_2').kind).toBe('unchanged');
    expect(storeMethod(aPayment(), 'pm_1').kind).toBe('unchanged');
  });

  it('stores the first intent and no other', () => {
    expect(storeIntent(fresh, 'pi_1').kind).toBe('changed');
    expect(storeIntent(aPayment(), 'pi_2').kind).toBe('unchanged');
  });

  for (const status of statuses.filter((each) => each !== 'authorising')) {
    it(`stores no intent, takes no key and refuses no means while ${status}`, () => {
      const payment = aPayment({ status, intentId: undefined });
      expect(storeMethod(payment, 'pm_1').kind).toBe('unchanged');
      expect(storeIntent(payment, 'pi_1').kind).toBe('unchanged');
      expect(nextKey(payment, 1).kind).toBe('unchanged');
      expect(refuseMeans(payment, { message: 'No such token' }).kind).toBe('unchanged');
    });
  }

  it('ends when Stripe refuses the means, as there is no intent that anybody could confirm', () => {
    const refused = refuseMeans(fresh, { message: 'No such token' });
    if (refused.kind !== 'changed') throw new Error('expected a change');
    expect(said(refused)).toBe('cancelling(refused)');
    expect(said(endWithoutIntent(refused.next))).toBe('canceled');
  });

  it('does not call an attempt ended whose intent is stored', () => {
    expect(endWithoutIntent(aPayment({ status: 'cancelling' })).kind).toBe('unchanged');
  });
});

describe('a confirm that Stripe refuses for good', () => {
  for (const status of statuses) {
    for (const intent of intents) {
      const counts = status === 'authorising' && intent === 'requires_confirmation';
      it(`counts ${counts ? '' : 'not '}while ${status} and the intent is ${intent}`, () => {
        const decision = refuseConfirm(aPayment({ status }), { status: intent }, { message: 'Used up' });
        expect(said(decision)).toBe(counts ? 'cancelling(refused)' : undefined);
      });
    }
  }
});

describe('a capture that Stripe refuses for good', () => {
  for (const status of statuses) {
    for (const intent of intents) {
      const counts = status === 'capturing' && intent === 'requires_capture';
      it(`counts ${counts ? '' : 'not '}while ${status} and the intent is ${intent}`, () => {
        const decision = refuseCapture(aPayment({ status }), { status: intent });
        expect(said(decision)).toBe(counts ? 'cancelling(capture_refused)' : undefined);
      });
    }
  }
});

describe('a refund by hand', () => {
  for (const status of statuses) {
    it(`is ${status === 'captured' ? '' : 'not '}noted while ${status}, and nobody is told`, () => {
      const noted = noteRefund(aPayment({ status }), { amountRefunded: 500 });
      expect(said(noted)).toBe(status === 'captured' ? 'captured' : undefined);
      expect(noted.kind === 'changed' ? noted.next.refunded : 500).toBe(500);
    });
  }

  it('is noted once, and again when more is given back', () => {
    const noted = aPayment({ status: 'captured', refunded: 500 });
    expect(noteRefund(noted, { amountRefunded: 500 }).kind).toBe('unchanged');
    expect(noteRefund(noted, { amountRefunded: 501 }).kind).toBe('changed');
  });
});

describe('a new attempt takes the place', () => {
  for (const status of statuses) {
    const gives = status === 'requires_action';
    it(`${gives ? 'of' : 'never of'} one that is ${status}`, () => {
      expect(said(supersede(aPayment({ status })))).toBe(gives ? 'cancelling(superseded)' : undefined);
    });
  }
});

describe('what others hear of a payment', () => {
  it('is its order, its amount and nothing of the card, the bank or Stripe', () => {
    const payment = aPayment({ status: 'authorized', action: { clientSecret: 'secret' } });
    expect(toPublic(payment)).toEqual({
      id: payment.id,
      version: 0,
      orderId: order.id,
      userId: order.userId,
      status: 'authorized',
      amount: 4_800,
      currency: 'usd',
    });
    for (const event of [paymentAuthorized, paymentCreated, paymentFailed]) {
      expect(event.state.parse(toPublic(payment))).toEqual(toPublic(payment));
    }
  });
});
