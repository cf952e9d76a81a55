/**
 * Each row of the attempt table (docs/protocol.md, "Payment attempt") with two drivers at it at the same time: `a` is
 * held at a step, with what it has decided or heard by then, while `b` goes on; then `a` goes on with what is old by
 * now. `stands` tells what the attempt is, what others hear of it, and what Stripe has of it.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { change } from '@ticketing/common/outbox';
import { eventually } from '@ticketing/common/testing';
import { AUTHORISING_MS, BANK_GRACE_MS, supersede } from '../src/payment.ts';
import { IntentUnknown, StripeKeptError, StripeRefused } from '../src/stripe/stripe-port.ts';
import { aMoment, type Desk, openDesk } from './desk.ts';
import { openTill, type Till } from './till.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
}, 60_000);
afterAll(() => desk?.end());
afterEach(() => desk.control({ reset: true }));

const threeDSecure = 'pm_card_threeDSecure2Required';
const capture = { method: 'POST', path: '/v1/payment_intents/*/capture' };

/** An attempt that is authorised, and orders has not spoken yet. */
const authorised = async () => {
  const attempt = await desk.anAttempt();
  await attempt.a.drive();
  expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'requires_capture']);
  return attempt;
};

/** An attempt whose buyer is at the bank's page. */
const atTheBank = async () => {
  const attempt = await desk.anAttempt(threeDSecure);
  await attempt.a.drive();
  expect(await attempt.stands()).toEqual(['requires_action', '', 'requires_action']);
  return attempt;
};

describe('– → authorising', () => {
  let till: Till;
  /** Requests that have read everything they decide on, and wait right before their insert. */
  let waiting = 0;
  let goOn = aMoment();
  beforeAll(async () => {
    till = await openTill({
      replicas: 2,
      async at(step) {
        if (step !== 'before write begin') return;
        waiting += 1;
        await goOn.come;
      },
    });
  }, 60_000);
  afterAll(() => till?.end());
  afterEach(() => {
    waiting = 0;
    goOn = aMoment();
  });

  const held = (requests: number) =>
    eventually(() => {
      expect(waiting).toBe(requests);
    });

  it('by ten requests at two replicas that all found the order payable: one begins', async () => {
    const order = await till.order();
    const before = (await till.charged()).length;
    const paying = Array.from({ length: 10 }, () => till.pay(order.id));
    await held(10);
    goOn.comes();
    const answers = await Promise.all(paying);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
      expect([status, body.errors?.[0]?.code]).toEqual([400, 'payment_under_way']);
    }
    const { all } = await till.settled();
    expect(all.slice(before).map((charge) => charge.amount_received)).toEqual([1_999]);
  });

  it('by two requests that both make an attempt at the bank give way: one takes its place', async () => {
    const order = await till.order();
    const before = (await till.charged()).length;
    const first = till.pay(order.id, 'tok_threeDSecure2Required');
    await held(1);
    goOn.comes();
    expect((await first).body.status).toBe('requires_action');
    goOn = aMoment();
    const paying = [till.pay(order.id), till.pay(order.id)];
    await held(3);
    goOn.comes();
    const answers = await Promise.all(paying);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400]);
    const { all } = await till.settled();
    expect(
      all
        .slice(before)
        .map((charge) => charge.status)
        .sort(),
    ).toEqual(['canceled', 'succeeded']);
  });

  it.each([
    ['tok_visa', 'let go', 'order_cancelled'],
    ['tok_threeDSecure2Required', 'let go', 'order_cancelled'],
    ['tok_visa', 'completed by another', 'order_paid'],
  ])(
    'with %s, of an order that was %s since it was found payable: it ends by itself, nothing is taken or left open',
    async (token, end, code) => {
      const order = await till.order();
      const before = (await till.charged()).length;
      const paying = till.pay(order.id, token);
      await held(1);
      if (end === 'let go') await till.judge.cancel(order.id);
      else await till.judge.complete(order.id, '0'.repeat(24));
      // The replica has the verdict, and the reaction to it found no attempt.
      const replica = till.services[0]?.deps.mongo.collection('orders');
      await eventually(async () => {
        expect(await replica?.countDocuments({ 'ticket.id': order.ticket.id, version: 1 })).toBe(1);
      });
      goOn.comes();
      const { status, body } = await paying;
      expect([status, body.errors?.[0]?.code]).toEqual([400, code]);
      const { all } = await till.settled();
      expect(all.slice(before).filter((charge) => charge.amount_received > 0)).toEqual([]);
    },
  );
});

describe('authorising: a token becomes a PaymentMethod', () => {
  it('once, whoever asks: both drivers go on with the same', async () => {
    const attempt = await desk.anAttempt('', { token: 'tok_visa' });
    const goOn = await attempt.a.holdAt('after make method');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'requires_capture']);
  });

  it('and is not asked for again where it is good for one use, whatever Stripe answers to the next call', async () => {
    const used = new Set<string>();
    const port = desk.connect();
    const oneTime: typeof port = {
      ...port,
      async createMethod(token, key) {
        // The same key is the same question.
        if (used.has(token) && !used.has(key)) throw new StripeRefused({ message: 'The token was used' });
        used.add(token).add(key);
        return port.createMethod(token, key);
      },
    };
    await desk.control({
      failNext: { status: 500, count: 2, method: 'POST', path: '/v1/payment_intents' },
    });
    const attempt = await desk.anAttempt('', { token: 'tok_visa' });
    await desk.aDriver(attempt.id, { through: oneTime }).drive();
    expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'requires_capture']);
    expect((await attempt.document()).keyNumber).toBe(3);
  });
});

describe('authorising: its intent’s id is stored', () => {
  it('once, of one intent, when two drivers have created it', async () => {
    const attempt = await desk.anAttempt();
    const goOn = await attempt.a.holdAt('after create');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'requires_capture']);
  });

  it('only while it is authorising: one that was given up meanwhile is confirmed by nobody', async () => {
    const attempt = await desk.anAttempt();
    const goOn = await attempt.a.holdAt('after create');
    await attempt.cancelOrder();
    await attempt.b.drive();
    await goOn();
    // An intent that was never confirmed, and whose secret nobody has, holds no money.
    expect(await attempt.stands()).toEqual(['canceled', '', 'requires_confirmation']);
  });

  it('only while it is authorising: a call to create that comes late confirms nothing', async () => {
    const attempt = await desk.anAttempt();
    const goOn = await attempt.a.holdAt('before create');
    await attempt.cancelOrder();
    await attempt.b.drive();
    expect(await attempt.stands()).toEqual(['canceled', '', '']);
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', '', 'requires_confirmation']);
  });

  it('of the first, when a driver comes late with one under an older key', async () => {
    const attempt = await desk.anAttempt();
    const goOn = await attempt.a.holdAt('after create');
    const [older] = await attempt.intents();
    // To the other, a gateway between us and Stripe says 500 for what was done.
    await desk.control({ failNext: { status: 500, path: '/v1/payment_intents' } });
    const port = desk.connect();
    const unlucky: typeof port = {
      ...port,
      createIntent: (intent) => port.createIntent({ ...intent, idempotencyKey: `b${intent.idempotencyKey}` }),
    };
    await desk.aDriver(attempt.id, { through: unlucky }).drive();
    await goOn();
    const [status, told] = await attempt.stands();
    expect([status, told]).toEqual(['authorized', 'authorized']);
    expect(await attempt.intent()).not.toBe(older?.id);
    expect((await attempt.intents()).map((intent) => intent.status).sort()).toEqual([
      'requires_capture',
      'requires_confirmation',
    ]);
  });
});

describe('authorising: the next key, after a 5xx that Stripe keeps', () => {
  it('is taken once, when two drivers were told so', async () => {
    await desk.control({ failNext: { status: 500, method: 'POST', path: '/v1/payment_intents' } });
    const attempt = await desk.anAttempt();
    const goOn = await attempt.a.holdAt('before write next key');
    await attempt.b.drive();
    await goOn();
    expect((await attempt.document()).keyNumber).toBe(2);
    expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'requires_capture']);
  });

  it('is asked under only after a pause, twice as long each time, and not at all once five have failed', async () => {
    const asked: string[] = [];
    const port = desk.connect();
    const away: typeof port = {
      ...port,
      async createIntent({ idempotencyKey }) {
        asked.push(`asked under key ${idempotencyKey.split('/')[1]}`);
        throw new StripeKeptError('api_error 500');
      },
    };
    const attempt = await desk.anAttempt();
    const pause = async (ms: number) => {
      const mean = [400, 800, 1_600, 3_200].find((planned) => Math.abs(ms / planned - 1) <= 0.25);
      if (ms > 0) asked.push(`left Stripe alone for ${mean}`);
    };
    await desk.aDriver(attempt.id, { through: away, pause }).drive();
    expect(asked).toEqual([
      'asked under key 1',
      'left Stripe alone for 400',
      'asked under key 2',
      'left Stripe alone for 800',
      'asked under key 3',
      'left Stripe alone for 1600',
      'asked under key 4',
      'left Stripe alone for 3200',
      'asked under key 5',
    ]);
    expect(await attempt.stands()).toEqual(['canceled', '', '']);
  });

  it('comes late enough for a Stripe that is back after a second', async () => {
    let passedMs = 0;
    const pause = async (ms: number) => {
      passedMs += ms;
    };
    const port = desk.connect();
    const awayForASecond: typeof port = {
      ...port,
      async createMethod(token, key) {
        if (passedMs < 500) throw new StripeKeptError('api_error 500');
        return port.createMethod(token, key);
      },
      async createIntent(intent) {
        if (passedMs < 1_000) throw new StripeKeptError('api_error 500');
        return port.createIntent(intent);
      },
    };
    const attempt = await desk.anAttempt('', { token: 'tok_visa' });
    await desk.aDriver(attempt.id, { through: awayForASecond, pause }).drive();
    expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'requires_capture']);
  });

  it('is not taken for one that was given up', async () => {
    await desk.control({ failNext: { status: 500, method: 'POST', path: '/v1/payment_intents' } });
    const attempt = await desk.anAttempt();
    const goOn = await attempt.a.holdAt('before write next key');
    await attempt.cancelOrder();
    await attempt.b.drive();
    await goOn();
    expect((await attempt.document()).keyNumber).toBe(1);
    expect(await attempt.stands()).toEqual(['canceled', '', '']);
  });
});

describe('authorising → authorized', () => {
  it('is told once, and not again by a driver who comes with the answer after the capture', async () => {
    const attempt = await desk.anAttempt();
    const goOn = await attempt.a.holdAt('after confirm');
    await attempt.b.drive();
    await attempt.complete();
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['captured', 'authorized then created', 'succeeded']);
  });

  it('is confirmed once, when two drivers come to confirm', async () => {
    const attempt = await desk.anAttempt();
    const goOn = await attempt.a.holdAt('before confirm');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'requires_capture']);
  });

  it('is confirmed once, when one comes to confirm before the other has written that he has', async () => {
    const attempt = await desk.anAttempt();
    const refused = await attempt.a.holdAt('before confirm');
    const first = await attempt.b.holdAt('after confirm');
    await refused();
    await first();
    expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'requires_capture']);
  });

  it('is never told of one that was given up meanwhile, whose money is let go', async () => {
    const attempt = await desk.anAttempt();
    const goOn = await attempt.a.holdAt('after confirm');
    await attempt.cancelOrder();
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
  });

  it('is not reached by a confirm that comes after the intent was cancelled', async () => {
    const attempt = await desk.anAttempt();
    const goOn = await attempt.a.holdAt('before confirm');
    await attempt.cancelOrder();
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
  });

  it('is not reached by a confirm just before the intent is cancelled', async () => {
    const attempt = await desk.anAttempt();
    const confirm = await attempt.a.holdAt('before confirm');
    await attempt.cancelOrder();
    const cancel = await attempt.b.holdAt('before cancel');
    await confirm();
    await cancel();
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
  });
});

describe('authorising → requires_action', () => {
  it('is not gone back to by a driver whose answer is older than the bank’s yes', async () => {
    const attempt = await desk.anAttempt(threeDSecure);
    const goOn = await attempt.a.holdAt('after confirm');
    await attempt.answerBank('complete');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'requires_capture']);
  });

  it('does not bring back one that gave way to another attempt', async () => {
    const attempt = await desk.anAttempt(threeDSecure);
    const goOn = await attempt.a.holdAt('after confirm');
    await attempt.b.drive();
    await attempt.change(supersede);
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
  });
});

describe('requires_action → authorized', () => {
  it('is told once, when two drivers hear the bank’s yes', async () => {
    const attempt = await atTheBank();
    await attempt.answerBank('complete');
    const goOn = await attempt.a.holdAt('after retrieve');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'requires_capture']);
  });

  it('loses against a new attempt that takes its place first: the authorisation is let go', async () => {
    const attempt = await atTheBank();
    await attempt.answerBank('complete');
    const goOn = await attempt.a.holdAt('before write looked');
    await attempt.change(supersede);
    await goOn();
    await attempt.b.drive();
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
  });

  it('wins against a new attempt that comes after it', async () => {
    const attempt = await atTheBank();
    await attempt.answerBank('complete');
    await attempt.b.drive();
    expect((await attempt.change(supersede))?.kind).toBe('unchanged');
    expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'requires_capture']);
  });
});

describe('authorising, requires_action → cancelling', () => {
  it('for a refused card: once, when two drivers hear the refusal, and the intent is cancelled', async () => {
    const attempt = await desk.anAttempt('pm_card_visa_chargeDeclined');
    const goOn = await attempt.a.holdAt('before write confirmed');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
  });

  it('for a card that the bank refused: not by an answer older than the yes that came after it', async () => {
    const attempt = await atTheBank();
    await attempt.answerBank('fail');
    const goOn = await attempt.a.holdAt('before write looked');
    // The client secret is still good, and the browser tries another card with it.
    await desk.byHand.paymentIntents.confirm(await attempt.intent(), { payment_method: 'pm_card_visa' });
    await attempt.b.drive();
    await attempt.complete();
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['captured', 'authorized then created', 'succeeded']);
  });

  it('for a card that the bank refused: a yes to the browser’s next try that comes too late is let go', async () => {
    const attempt = await atTheBank();
    await attempt.answerBank('fail');
    const goOn = await attempt.b.holdAt('before cancel');
    await desk.byHand.paymentIntents.confirm(await attempt.intent(), { payment_method: 'pm_card_visa' });
    await attempt.a.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
  });

  it('for an intent that Stripe will not confirm: once, when two drivers hear so', async () => {
    await desk.control({
      failNext: { status: 400, count: 2, method: 'POST', path: '/v1/payment_intents/*/confirm' },
    });
    const attempt = await desk.anAttempt();
    const first = await attempt.a.holdAt('before write confirm refused');
    const second = await attempt.b.holdAt('before write confirm refused');
    await first();
    await second();
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
  });

  it('for an intent that Stripe would not confirm for one driver, and did for another: the yes counts', async () => {
    await desk.control({ failNext: { status: 400, method: 'POST', path: '/v1/payment_intents/*/confirm' } });
    const attempt = await desk.anAttempt();
    const refused = await attempt.a.holdAt('before write confirm refused');
    await attempt.b.drive();
    await refused();
    expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'requires_capture']);
  });

  it('for means that Stripe does not know: once, without an intent', async () => {
    const attempt = await desk.anAttempt('pm_nobodyKnows');
    const goOn = await attempt.a.holdAt('before write refused means');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', '', '']);
  });

  it('for an order that another payment has completed, while a driver has the card’s yes in hand', async () => {
    const attempt = await desk.anAttempt();
    const goOn = await attempt.a.holdAt('before write confirmed');
    await attempt.completeByAnother();
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
  });

  it('for an order that was let go while its buyer was at the bank: two drivers hear it', async () => {
    const attempt = await atTheBank();
    await attempt.cancelOrder();
    const goOn = await attempt.a.holdAt('before write verdict');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
  });

  it('for the time that is used up, while a driver has the card’s yes in hand', async () => {
    const attempt = await desk.anAttempt();
    const goOn = await attempt.a.holdAt('after confirm');
    await desk.aDriver(attempt.id, { lateByMs: AUTHORISING_MS + 1_000 }).drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
  });

  it('not for the time that is used up, once the card’s yes is saved', async () => {
    const attempt = await desk.anAttempt();
    const late = desk.aDriver(attempt.id, { lateByMs: AUTHORISING_MS + 1_000 });
    const goOn = await attempt.a.holdAt('after write confirmed');
    await late.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'requires_capture']);
  });
});

describe('requires_action → cancelling, when the hold and five minutes are over', () => {
  const HOLD_MS = 15 * 60_000;
  const lateFor = (id: string) => desk.aDriver(id, { lateByMs: HOLD_MS + BANK_GRACE_MS + 1_000 });

  it('ends with the intent canceled, so that nobody can say yes to it any more', async () => {
    const attempt = await atTheBank();
    await lateFor(attempt.id).drive();
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
    await expect(attempt.answerBank('complete')).rejects.toThrow(/waits for no bank/);
  });

  it('not a minute after the hold: its buyer is on the bank’s page', async () => {
    const attempt = await atTheBank();
    await desk.aDriver(attempt.id, { lateByMs: HOLD_MS + 60_000 }).drive();
    expect(await attempt.stands()).toEqual(['requires_action', '', 'requires_action']);
  });

  it('by two drivers, one of whom has the bank’s yes in hand: nothing is taken', async () => {
    const attempt = await atTheBank();
    await attempt.answerBank('complete');
    const goOn = await attempt.a.holdAt('before write looked');
    await lateFor(attempt.id).drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
  });

  it('not once the bank’s yes is saved: then orders decides', async () => {
    const attempt = await atTheBank();
    await attempt.answerBank('complete');
    const goOn = await lateFor(attempt.id).holdAt('before write verdict');
    await attempt.a.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'requires_capture']);
  });
});

describe('authorising, requires_action → canceled', () => {
  it('because it was canceled at Stripe: told to nobody, when two drivers see it', async () => {
    const attempt = await atTheBank();
    await desk.byHand.paymentIntents.cancel(await attempt.intent());
    const goOn = await attempt.a.holdAt('before write looked');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
  });

  it('because it was canceled at Stripe before it was confirmed', async () => {
    const attempt = await desk.anAttempt();
    const first = await attempt.a.holdAt('before confirm');
    const second = await attempt.b.holdAt('before confirm');
    await desk.byHand.paymentIntents.cancel(await attempt.intent());
    await Promise.all([first(), second()]);
    expect(await attempt.stands()).toEqual(['canceled', '', 'canceled']);
  });
});

describe('authorized → capturing', () => {
  it('by two drivers who hear the verdict: the money is taken once', async () => {
    const attempt = await authorised();
    await attempt.complete();
    const goOn = await attempt.a.holdAt('before write verdict');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['captured', 'authorized then created', 'succeeded']);
    expect((await attempt.intents())[0]?.received).toBe(attempt.order.ticket.price.amount);
  });
});

describe('authorized → cancelling', () => {
  it('by two drivers who hear that the order was let go: no money is taken', async () => {
    const attempt = await authorised();
    await attempt.cancelOrder();
    const goOn = await attempt.a.holdAt('before write verdict');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', 'authorized', 'canceled']);
  });

  it('by two drivers who hear that another payment won', async () => {
    const attempt = await authorised();
    await attempt.completeByAnother();
    const goOn = await attempt.a.holdAt('before write verdict');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', 'authorized', 'canceled']);
  });
});

describe('authorized → anything else', () => {
  it('never: not for an intent that two drivers could see canceled, nor for time, before orders has spoken', async () => {
    const attempt = await desk.anAttempt();
    const goOn = await attempt.a.holdAt('before retrieve');
    await attempt.b.drive();
    await desk.control({ expire: await attempt.intent() });
    await goOn();
    await desk.aDriver(attempt.id, { lateByMs: 10 * AUTHORISING_MS }).drive();
    expect(await attempt.stands()).toEqual(['authorized', 'authorized', 'canceled']);
    await attempt.complete();
    await attempt.b.drive();
    expect(await attempt.stands()).toEqual(['failed', 'authorized then failed', 'canceled']);
  });
});

describe('capturing → captured', () => {
  it('by a driver whose own capture is refused because another’s was first', async () => {
    const attempt = await authorised();
    await attempt.complete();
    const goOn = await attempt.a.holdAt('before capture');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['captured', 'authorized then created', 'succeeded']);
  });

  it('by a driver whose own capture is refused, before the other has written that his was not', async () => {
    const attempt = await authorised();
    await attempt.complete();
    const refused = await attempt.a.holdAt('before capture');
    const first = await attempt.b.holdAt('after capture');
    await refused();
    await first();
    expect(await attempt.stands()).toEqual(['captured', 'authorized then created', 'succeeded']);
  });
});

describe('capturing → failed', () => {
  it('is told once, when two drivers find that the bank has let go of the money', async () => {
    const attempt = await authorised();
    await desk.control({ expire: await attempt.intent() });
    await attempt.complete();
    const goOn = await attempt.a.holdAt('before write captured');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['failed', 'authorized then failed', 'canceled']);
  });
});

describe('capturing → cancelling (capture refused)', () => {
  it('not where another driver’s capture has succeeded by then', async () => {
    const attempt = await authorised();
    await attempt.complete();
    await desk.control({ failNext: { status: 400, ...capture } });
    const goOn = await attempt.a.holdAt('before write capture refused');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['captured', 'authorized then created', 'succeeded']);
  });

  it('once, when both were refused: the authorisation is let go, and then it is told', async () => {
    const attempt = await authorised();
    await attempt.complete();
    await desk.control({ failNext: { status: 400, count: 2, ...capture } });
    const first = await attempt.a.holdAt('before write capture refused');
    const second = await attempt.b.holdAt('before write capture refused');
    await second();
    await first();
    expect(await attempt.stands()).toEqual(['failed', 'authorized then failed', 'canceled']);
  });
});

describe('cancelling (capture refused) → captured', () => {
  it('where another driver’s capture wins before the intent is canceled', async () => {
    const attempt = await authorised();
    await attempt.complete();
    const winner = await attempt.b.holdAt('before capture');
    await desk.control({ failNext: { status: 400, ...capture } });
    const goOn = await attempt.a.holdAt('before cancel');
    expect((await attempt.stands()).slice(0, 2)).toEqual(['cancelling', 'authorized']);
    await winner();
    await goOn();
    expect(await attempt.stands()).toEqual(['captured', 'authorized then created', 'succeeded']);
  });

  it('where another driver’s capture has won, and he has not written it yet', async () => {
    const attempt = await authorised();
    await attempt.complete();
    const late = await attempt.b.holdAt('before capture');
    await desk.control({ failNext: { status: 400, ...capture } });
    const goOn = await attempt.a.holdAt('before cancel');
    await desk.byHand.paymentIntents.capture(await attempt.intent());
    await goOn();
    await late();
    expect(await attempt.stands()).toEqual(['captured', 'authorized then created', 'succeeded']);
  });
});

describe('cancelling (capture refused) → failed', () => {
  it('is told once, and only when the intent is canceled, so that no capture can come any more', async () => {
    const attempt = await authorised();
    await attempt.complete();
    await desk.control({ failNext: { status: 400, ...capture } });
    const first = await attempt.a.holdAt('before cancel');
    const second = await attempt.b.holdAt('before cancel');
    expect(await attempt.stands()).toEqual(['cancelling', 'authorized', 'requires_capture']);
    await first();
    await second();
    expect(await attempt.stands()).toEqual(['failed', 'authorized then failed', 'canceled']);
  });

  it('a capture that comes after it takes nothing', async () => {
    const attempt = await authorised();
    await attempt.complete();
    const late = await attempt.b.holdAt('before capture');
    await desk.control({ failNext: { status: 400, ...capture } });
    await attempt.a.drive();
    await late();
    expect(await attempt.stands()).toEqual(['failed', 'authorized then failed', 'canceled']);
  });
});

describe('cancelling → canceled', () => {
  it('by a driver whose own cancel is refused because another’s was first', async () => {
    const attempt = await authorised();
    await attempt.cancelOrder();
    const goOn = await attempt.a.holdAt('before cancel');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', 'authorized', 'canceled']);
  });

  it('not because Stripe refuses to cancel: the money is held until the intent is seen canceled', async () => {
    const attempt = await authorised();
    await attempt.cancelOrder();
    const cancel = { method: 'POST', path: '/v1/payment_intents/*/cancel' };
    await desk.control({ failNext: { status: 400, ...cancel } });
    await attempt.a.drive();
    expect(await attempt.stands()).toEqual(['cancelling', 'authorized', 'requires_capture']);
    await attempt.b.drive();
    expect(await attempt.stands()).toEqual(['canceled', 'authorized', 'canceled']);
  });

  it('without an intent, by two drivers', async () => {
    const attempt = await desk.anAttempt();
    await attempt.cancelOrder();
    const goOn = await attempt.a.holdAt('before write ended without intent');
    await attempt.b.drive();
    await goOn();
    expect(await attempt.stands()).toEqual(['canceled', '', '']);
  });

  it('not without an intent, where one was stored before it was given up', async () => {
    const attempt = await desk.anAttempt();
    const goOn = await attempt.a.holdAt('before write intent id');
    const cancel = await attempt.b.holdAt('before write intent id');
    await goOn();
    await attempt.cancelOrder();
    await cancel();
    await attempt.a.drive();
    expect(await attempt.stands()).toEqual(['canceled', 'authorized', 'canceled']);
  });
});

describe('an intent that Stripe does not know', () => {
  it.each(['authorising', 'requires_action', 'capturing', 'cancelling'] as const)(
    'moves no attempt: not one that is %s',
    async (status) => {
      const attempt = await desk.anAttempt();
      await attempt.change((payment) => change({ ...payment, status, intentId: 'pi_ofAnotherAccount' }));
      await expect(attempt.a.drive()).rejects.toBeInstanceOf(IntentUnknown);
      expect(await attempt.stands()).toEqual([status, '', '']);
    },
  );
});

describe('what a row leads to at last', () => {
  it.each(['captured', 'canceled', 'failed'])('%s stays, whatever is heard after it', async (end) => {
    const attempt = await authorised();
    if (end === 'failed') await desk.control({ expire: await attempt.intent() });
    const goOn = await attempt.b.holdAt('before write verdict');
    await (end === 'canceled' ? attempt.cancelOrder() : attempt.complete());
    await attempt.a.drive();
    await goOn();
    await Promise.all([attempt.a.drive(), attempt.b.drive()]);
    expect((await attempt.stands())[0]).toBe(end);
  });
});
