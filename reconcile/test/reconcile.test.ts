import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { explainQueries, newId } from '@ticketing/common/testing';
import mongoose from 'mongoose';
import type { Intent, IntentSource } from '../src/intent.ts';
import { invariants, type Wrong } from '../src/report.ts';
import { stripeIntents } from '../src/stripe-intents.ts';
import {
  anAttempt,
  anOrder,
  cancelled,
  completedBy,
  copyOfOrder,
  copyOfTicket,
  idAt,
  lockedBy,
  MINUTE_MS,
  price,
} from './builders.ts';
import { openWorld, type World } from './world.ts';

const TEST_MS = 120_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let world: World;
beforeAll(async () => {
  world = await openWorld(9);
}, TEST_MS);
afterAll(() => world?.end());
afterEach(() => world.clear());

const objectId = (id: string) => new mongoose.Types.ObjectId(id);
const ago = (ms: number) => new Date(Date.now() - ms);
const told = (findings: readonly Pick<Wrong, 'invariant' | 'about' | 'id'>[]) =>
  findings.map(({ invariant, about, id }) => `${invariant}: ${about} ${id}`);
const found = async (...given: Parameters<World['compare']>) => told(await world.found(...given));

const event = (aggregate: string, id: string, version = 0) => ({
  id: `${aggregate}/${id}@${version}`,
  type: `${aggregate}:created`,
  time: new Date().toISOString(),
});
const letter = (id: string) => ({
  _id: id as never,
  queueGroup: 'orders',
  type: 'ticket:created',
  message: '{}',
  error: 'Error: the seats are wet\n  at home',
  attempts: 10,
  firstAt: new Date(),
  lastAt: new Date(),
});

describe('where everything agrees', () => {
  it('nothing is found, and it is told how much was looked at', async () => {
    await world.newTicket();
    await world.reserved();
    await world.paid();
    const { ticket, order: first } = await world.letGo();
    await world.know(ticket, anOrder(ticket, { holdSequence: 2, savedAt: first.savedAt }));
    const { checked, findings } = await world.compare();
    expect(findings).toEqual([]);
    expect(checked).toEqual({
      'one holder': 4,
      'sequences without gaps': 4,
      'holds in sequence': 4,
      'replica is its source': 8,
      'lock is its order': 4,
      'money is its order': 6,
      'nothing open': 4,
      'every order ends': 4,
      'all published': 3,
      'no dead letters': 4,
    });
  });

  it('what others have on the same account is nobody’s business', async () => {
    const about = { paymentId: newId(), orderId: newId() };
    await world.newIntent(about, 'requires_capture', 'elsewhere');
    await world.newIntent({ paymentId: '4711', orderId: '1' }, 'succeeded');
    expect(await found()).toEqual([]);
    await world.newIntent(about, 'requires_capture');
    expect(await found()).toHaveLength(1);
    expect(await found({ ages: {} })).toEqual([]);
  });

  it('an intent that a crash has left unconfirmed is nothing, and one that was given back neither', async () => {
    const { order, attempt } = await world.letGo();
    await world.newIntent({ paymentId: attempt.id, orderId: order.id }, 'requires_confirmation');
    await world.newIntent({ paymentId: newId(), orderId: newId() }, 'requires_confirmation');
    const intentId = await world.newIntent({ paymentId: newId(), orderId: newId() }, 'succeeded');
    expect(await found()).toEqual([`money is its order: intent ${intentId}`]);
    await world.byHand.refunds.create({ payment_intent: intentId });
    expect(await found()).toEqual([]);
  });

  it('an order whose attempt was lost has its money, whether its intent is listed or not', async () => {
    const { order } = await world.paid();
    await world.collection('payments').deleteMany({});
    expect(await found()).toEqual([]);
    const nothingListed: IntentSource = { ...world.intents(), async *list() {} };
    expect(await found({}, { stripe: nothingListed })).toEqual([`money is its order: order ${order.id}`]);
  });
});

/** Takes one document out of a collection. */
const forget = (store: 'tickets' | 'orders' | 'payments', name: string, id: string) =>
  world.collection(store, name).deleteOne({ _id: objectId(id) });

/** Breaks one thing, and says what is found then. */
const breaks: Record<string, () => Promise<string[]>> = {
  'two orders hold a ticket': async () => {
    const { ticket, order } = await world.reserved();
    await world.know(ticket, anOrder(ticket, { holdSequence: 2, savedAt: order.savedAt }));
    return [`one holder: ticket ${ticket.id}`];
  },
  'a holdSequence is missing': async () => {
    const { ticket } = await world.letGo();
    await world.know(ticket, anOrder(ticket, { holdSequence: 3 }));
    return [`sequences without gaps: ticket ${ticket.id}`];
  },
  'an order was made while another one held the ticket': async () => {
    const ticket = await world.newTicket();
    const made = (seconds: number) => idAt(ago(seconds * 1_000));
    const first = cancelled(anOrder(ticket, { id: made(60), savedAt: ago(10_000) }));
    const locked = await world.know(ticket, first, { savedAt: first.savedAt });
    await world.know(locked, anOrder(locked, { id: made(30), holdSequence: 2 }));
    return [`holds in sequence: ticket ${ticket.id}`];
  },
  'the copy of a ticket is behind': async () => {
    const { ticket } = await world.reserved();
    await world.putCopy('orders', { ...copyOfTicket(ticket), version: 0 });
    return [`replica is its source: ticket ${ticket.id}`];
  },
  'the copy of a ticket has the same version with other content': async () => {
    const { ticket } = await world.reserved();
    await world.putCopy('orders', { ...copyOfTicket(ticket), title: 'Nils' });
    return [`replica is its source: ticket ${ticket.id}`];
  },
  'the copy of an order is ahead': async () => {
    const { order } = await world.reserved();
    await world.putCopy('payments', { ...copyOfOrder(order), version: 1 });
    return [`replica is its source: order ${order.id}`];
  },
  'the copy of an order is missing': async () => {
    const { order } = await world.reserved();
    await forget('payments', 'orders', order.id);
    return [`replica is its source: order ${order.id}`];
  },
  'only orders has a ticket': async () => {
    const { id } = await world.newTicket();
    await forget('tickets', 'tickets', id);
    return [`replica is its source: ticket ${id}`];
  },
  'only payments has an order': async () => {
    const { ticket, order } = await world.reserved();
    await forget('orders', 'orders', order.id);
    const free = { ...ticket, lock: { state: 'free', holdSequence: 0, orderVersion: 0 } } as const;
    await world.putTicket(free);
    await world.putCopy('orders', copyOfTicket(free));
    return [`replica is its source: order ${order.id}`];
  },
  'a lock has not followed': async () => {
    const { ticket, order } = await world.reserved();
    const over = cancelled(order);
    await world.putOrder(over);
    await world.putCopy('payments', copyOfOrder(over));
    return [`lock is its order: ticket ${ticket.id}`];
  },
  'a lock says something else than its order': async () => {
    const { ticket, order } = await world.reserved();
    const wrong = { ...ticket, lock: { ...ticket.lock, until: new Date(order.expiresAt.getTime() + 1) } };
    await world.putTicket(wrong);
    await world.putCopy('orders', copyOfTicket(wrong));
    return [`lock is its order: ticket ${ticket.id}`];
  },
  'an order is of a ticket that nobody has': async () => {
    const { ticket } = await world.reserved();
    await forget('tickets', 'tickets', ticket.id);
    await forget('orders', 'tickets', ticket.id);
    return [`lock is its order: ticket ${ticket.id}`];
  },
  'money was taken for an order that was cancelled': async () => {
    const { order } = await world.letGo();
    const intentId = await world.newIntent({ paymentId: newId(), orderId: order.id }, 'succeeded');
    return [`money is its order: intent ${intentId}`];
  },
  'money was taken for an order that nobody has': async () => {
    const intentId = await world.newIntent({ paymentId: newId(), orderId: newId() }, 'succeeded');
    return [`money is its order: intent ${intentId}`];
  },
  'an order was paid twice': async () => {
    const { order } = await world.paid();
    const intentId = await world.newIntent({ paymentId: newId(), orderId: order.id }, 'succeeded');
    return [`money is its order: intent ${intentId}`];
  },
  'an order is completed by an attempt that nobody has': async () => {
    const ticket = await world.newTicket();
    const order = completedBy(anOrder(ticket), newId());
    await world.know(ticket, order);
    return [`money is its order: order ${order.id}`];
  },
  'an order is completed and its intent is gone': async () => {
    const { order, attempt } = await world.paid();
    await world.putAttempt({ ...attempt, intentId: 'pi_that_stripe_never_made' });
    const all = await world.byHand.paymentIntents.list({ limit: 1 });
    return [`money is its order: order ${order.id}`, `money is its order: intent ${all.data[0]?.id}`];
  },
  'money was given back by hand, and nobody has noted it': async () => {
    const { attempt } = await world.paid();
    await world.byHand.refunds.create({ payment_intent: attempt.intentId ?? '', amount: 500 });
    return [`money is its order: intent ${attempt.intentId}`];
  },
  'an authorisation is left of an attempt that has ended': async () => {
    const { order, attempt } = await world.letGo();
    const intentId = await world.newIntent({ paymentId: attempt.id, orderId: order.id }, 'requires_capture');
    return [`nothing open: intent ${intentId}`];
  },
  'an attempt does not settle': async () => {
    const { order } = await world.reserved();
    const id = newId();
    const intentId = await world.newIntent({ paymentId: id, orderId: order.id }, 'requires_capture');
    await world.putAttempt(anAttempt(order, { id, intentId, status: 'authorized' }));
    return [`nothing open: payment ${id}`];
  },
  'an order does not end': async () => {
    const { order } = await world.reserved({ expiresAt: ago(6_000) });
    return [`every order ends: order ${order.id}`];
  },
  'an event of a ticket waits': async () => {
    const { ticket } = await world.reserved();
    await world.putTicket(ticket, { outbox: [event('ticket', ticket.id)] });
    return [`all published: ticket ${ticket.id}`];
  },
  'two events of an order wait': async () => {
    const { order } = await world.reserved();
    await world.putOrder(order, { outbox: [event('order', order.id), event('order', order.id, 1)] });
    return [`all published: order ${order.id}`, `all published: order ${order.id}`];
  },
  'an event of a payment waits': async () => {
    const { attempt } = await world.paid();
    await world.putAttempt(attempt, { outbox: [event('payment', attempt.id)] });
    return [`all published: payment ${attempt.id}`];
  },
  'orders gave up a message': async () => {
    await world.collection('orders', 'dead_letters').insertOne(letter('wet'));
    return ['no dead letters: letter wet'];
  },
  'expiration gave up a message': async () => {
    const { _id, firstAt, lastAt, ...fields } = letter('dry');
    await world.redis.zadd('expiration:dead_letters', 1, 'dry');
    const at = { firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() };
    await world.redis.hset('expiration:dead_letters:dry', { ...fields, ...at });
    return ['no dead letters: letter dry'];
  },
};

describe('exactly what is wrong is found, where', () => {
  it.each(Object.entries(breaks))('%s', async (_, breakIt) => {
    await world.paid();
    await world.letGo();
    const expected = await breakIt();
    expect(await found()).toEqual(expected);
  });

  it('a status of Stripe is new, and what comes after it all the same', async () => {
    const { attempt } = await world.paid();
    const { order } = await world.letGo();
    const vain = await world.newIntent({ paymentId: newId(), orderId: order.id }, 'succeeded');
    const known = world.intents();
    const inFuture = (intent: Intent): Intent =>
      intent.id === attempt.intentId ? { ...intent, status: 'unknown' } : intent;
    const stripe: IntentSource = {
      async *list(since) {
        for await (const intent of known.list(since)) yield inFuture(intent);
      },
      async retrieve(id) {
        const intent = await known.retrieve(id);
        return intent && inFuture(intent);
      },
    };
    expect((await found({}, { stripe })).sort()).toEqual(
      [attempt.intentId, vain].map((id) => `money is its order: intent ${id}`).sort(),
    );
  });

  it('details name the fields and both values', async () => {
    const { ticket } = await world.reserved();
    await world.putCopy('orders', { ...copyOfTicket(ticket), title: 'Nils', price: { ...price, amount: 1 } });
    await world.collection('orders', 'dead_letters').insertOne(letter('wet'));
    expect((await world.found()).map(({ detail }) => detail)).toEqual([
      'the copy in orders has the same version 1 with other content: ' +
        'title is "Nils" and not "Nils Frahm"; price.amount is 1 and not 1999',
      'orders gave up ticket:created after 10 tries: Error: the seats are wet',
    ]);
  });
});

describe('what the second look no longer finds', () => {
  /** What is still found of a difference that this heals between the two looks. */
  const after = (heal: () => Promise<unknown>) => found({}, world.meanwhile(heal));

  it('is no difference: a copy that came, a lock that followed', async () => {
    const { ticket, order } = await world.reserved();
    const over = cancelled(order);
    await world.putOrder(over);
    const expected = [`lock is its order: ticket ${ticket.id}`, `replica is its source: order ${order.id}`];
    expect((await found()).sort()).toEqual(expected);
    expect(await after(() => world.know(ticket, over))).toEqual([]);
  });

  it('nor is one whose copy is behind again, of a later version than at the first look', async () => {
    const { ticket, order } = await world.reserved();
    await world.putCopy('orders', copyOfTicket({ ...ticket, version: 0 }));
    await world.putCopy('payments', copyOfOrder(order));
    const goOn = async () => {
      await world.putCopy('orders', copyOfTicket(ticket));
      await world.putTicket({ ...ticket, version: 7 });
    };
    expect(await after(goOn)).toEqual([]);
    // It stands still now, and has not followed.
    expect(await found()).toEqual([`replica is its source: ticket ${ticket.id}`]);
  });

  it('nor are two holders who are others by now: each look saw one of them go', async () => {
    const { ticket, order } = await world.reserved();
    const next = anOrder(ticket, { holdSequence: 2 });
    await world.know(ticket, next);
    const goOn = async () => {
      await world.putOrder(cancelled(order));
      await world.putCopy('payments', copyOfOrder(cancelled(order)));
      await world.know(ticket, anOrder(ticket, { holdSequence: 3 }));
    };
    expect(await after(goOn)).toEqual([]);
  });

  it('nor an event that was published, where another one waits', async () => {
    const { order } = await world.reserved();
    await world.putOrder(order, { outbox: [event('order', order.id)] });
    const next = () => world.putOrder(order, { outbox: [event('order', order.id, 1)] });
    expect(await after(next)).toEqual([]);
  });

  it('nor a letter that was replayed', async () => {
    const letters = world.collection('orders', 'dead_letters');
    await letters.insertOne(letter('wet'));
    expect(await after(() => letters.deleteMany({}))).toEqual([]);
  });

  it('nor money of an attempt that moves on while Stripe is asked: what Stripe said is the past by then', async () => {
    const { attempt } = await world.paid();
    const known = world.intents();
    const late = (intent: Intent): Intent => ({ ...intent, status: 'requires_capture', amountReceived: 0 });
    const stripe: IntentSource = {
      async *list(since) {
        for await (const intent of known.list(since)) yield late(intent);
      },
      async retrieve(id) {
        const intent = await known.retrieve(id);
        const { matchedCount } = await world
          .collection('payments')
          .updateOne({ _id: objectId(attempt.id), version: attempt.version }, { $inc: { version: 1 } });
        return matchedCount === 1 && intent ? late(intent) : intent;
      },
    };
    expect(await found({}, { stripe })).toEqual([]);
  });

  it('is looked at only after the pause, which ends with the signal', async () => {
    await world.collection('orders', 'dead_letters').insertOne(letter('wet'));
    const ends = new AbortController();
    const report = (said: string) => {
      if (said.includes('again')) ends.abort(new Error('enough'));
    };
    const comparing = world.compare({ signal: ends.signal, report }).then(
      () => 'done',
      (error: Error) => error.name,
    );
    expect(await comparing).toBe('AbortError');
  });
});

describe('what is looked at', () => {
  const LONG_AGO = ago(5 * DAY_MS);
  const lately = ago(2 * DAY_MS);

  it('is what was saved since, with its other side, however old that is; and all, where it is asked', async () => {
    const ticket = await world.newTicket({ id: idAt(LONG_AGO) });
    const order = anOrder(ticket, { id: idAt(LONG_AGO) });
    const locked = await world.know(ticket, order);
    const old = { savedAt: LONG_AGO };
    await world.putTicket(locked, old);
    await world.putOrder(order, old);
    await world.putCopy('orders', { ...copyOfTicket(locked), title: 'Nils' });
    await world.putCopy('payments', { ...copyOfOrder(order), version: 7 });
    const ofTicket = `replica is its source: ticket ${ticket.id}`;
    const ofOrder = `replica is its source: order ${order.id}`;
    expect(await found({ since: lately })).toEqual([]);
    expect((await found()).sort()).toEqual([ofOrder, ofTicket]);

    await world.putTicket(locked);
    expect(await found({ since: lately })).toEqual([ofTicket]);
    await world.putTicket(locked, old);
    await world.putOrder(order);
    expect((await found({ since: lately })).sort()).toEqual([ofOrder, ofTicket]);
    await world.putOrder(order, old);
    await world.putAttempt(anAttempt(order, { status: 'canceled' }));
    expect(await found({ since: lately })).toEqual([ofOrder]);
  });

  it('is a copy that was made since, whose source nobody has', async () => {
    const [ticket, order] = [await world.newTicket(), (await world.reserved()).order];
    for (const store of ['tickets', 'orders'] as const) await world.collection(store).deleteMany({});
    const expected = [
      `replica is its source: ticket ${ticket.id}`,
      `replica is its source: order ${order.id}`,
    ];
    expect(await found({ since: lately })).toEqual(expect.arrayContaining(expected));
  });

  it('is what waits, however old: overdue orders, and outboxes', async () => {
    const ticket = await world.newTicket({ id: idAt(LONG_AGO) });
    const order = anOrder(ticket, { id: idAt(LONG_AGO), expiresAt: LONG_AGO, savedAt: LONG_AGO });
    const locked = await world.know(ticket, order, { savedAt: LONG_AGO });
    await world.putTicket(locked, { savedAt: LONG_AGO, outbox: [event('ticket', ticket.id)] });
    expect(await found({ since: lately })).toEqual([
      `every order ends: order ${order.id}`,
      `all published: ticket ${ticket.id}`,
    ]);
  });

  it('is what is open, however old: attempts that are not settled', async () => {
    const ticket = await world.newTicket({ id: idAt(LONG_AGO) });
    const order = cancelled(anOrder(ticket, { id: idAt(LONG_AGO), savedAt: LONG_AGO }));
    const locked = await world.know(ticket, order, { savedAt: LONG_AGO });
    await world.putTicket(locked, { savedAt: LONG_AGO });
    const { intentId: _intentId, ...attempt } = anAttempt(order, { status: 'cancelling', savedAt: LONG_AGO });
    await world.putAttempt(attempt, { savedAt: LONG_AGO });
    expect(await found({ since: lately })).toEqual([`nothing open: payment ${attempt.id}`]);
  });

  it('is more than is read at once, each thing once', async () => {
    const orders = Array.from({ length: 450 }, () => anOrder({ ...aFreeTicket(), id: newId() }));
    for (const order of orders) {
      const ticket = lockedBy({ ...aFreeTicket(), id: order.ticket.id }, order);
      await world.putTicket(ticket);
      await world.putOrder(order);
      await world.putCopy('orders', copyOfTicket(ticket));
      await world.putCopy('payments', copyOfOrder(order));
    }
    const wrong = [orders[3], orders[210], orders[449]].map((order) => order?.id ?? '');
    await world
      .collection('payments', 'orders')
      .updateMany({ _id: { $in: wrong.map(objectId) } }, { $set: { version: 9 } });
    const said: string[] = [];
    const { checked, findings } = await world.compare({ report: (progress) => said.push(progress) });
    expect(told(findings).sort()).toEqual(wrong.map((id) => `replica is its source: order ${id}`).sort());
    expect(checked).toMatchObject({
      'one holder': 450,
      'every order ends': 450,
      'replica is its source': 900,
    });
    expect(said).toEqual(expect.arrayContaining(['200 tickets', '450 tickets', '450 orders']));
  });

  it('is asked of Stripe once: what the list gave is not asked for one by one', async () => {
    for (let turn = 0; turn < 3; turn += 1) await world.paid();
    const asked: string[] = [];
    const known = world.intents();
    const stripe: IntentSource = {
      ...known,
      retrieve(id) {
        asked.push(id);
        return known.retrieve(id);
      },
    };
    expect(await found({}, { stripe })).toEqual([]);
    expect(asked).toEqual([]);
    // An order that was changed lately, with an intent from before.
    const nothingListed: IntentSource = { ...stripe, async *list() {} };
    expect(await found({}, { stripe: nothingListed })).toEqual([]);
    expect(asked).toHaveLength(3);
  });

  it('is found by indexes alone', async () => {
    await world.paid();
    const { ticket } = await world.reserved();
    await world.putCopy('orders', { ...copyOfTicket(ticket), title: 'Nils' });
    for (const since of [new Date(0), lately]) {
      for (const [name, store] of Object.entries(world.stores)) {
        const plans = await explainQueries(store, () => world.compare({ since }));
        const slow = plans.filter(({ stages, sorted }) => stages.includes('COLLSCAN') || sorted);
        expect({ name, slow }).toEqual({ name, slow: [] });
        expect(plans.length).toBeGreaterThan(3);
      }
    }
  });

  it('is not changed', async () => {
    await world.paid();
    const before = await everything();
    await world.compare();
    expect(await everything()).toEqual(before);
  });
});

describe('where something cannot be asked', () => {
  it('it says so, without the key, rather than finding less', async () => {
    const settings = { apiBase: world.stripe.url, deployment: world.deployment() };
    const stripe = stripeIntents({ ...settings, secretKey: 'sk_wrong_4711' });
    await expect(world.compare({}, { stripe })).rejects.toThrow(/^Stripe did not answer: (?!.*4711)/);
    const asked = stripe.retrieve('pi_1');
    await expect(asked).rejects.toMatchObject({ name: 'StripeUnavailable' });
    expect(await world.intents().retrieve('pi_that_stripe_never_made')).toBeUndefined();
  });
});

it('has every invariant broken by a test above', () => {
  const broken = Object.values(breaks).map(String).join();
  for (const name of invariants) expect(broken).toContain(`${name}: `);
});

const aFreeTicket = () => ({
  version: 0,
  userId: newId(),
  title: 'Nils Frahm',
  price,
  listed: true,
  lock: { state: 'free', holdSequence: 0, orderVersion: 0 } as const,
});

/** All documents of all stores. */
const everything = async () => {
  const all: Record<string, unknown> = {};
  for (const [name, store] of Object.entries(world.stores)) {
    for (const { collectionName } of (await store.db?.collections()) ?? [])
      all[`${name}.${collectionName}`] = await store
        .collection(collectionName)
        .find({})
        .sort({ _id: 1 })
        .toArray();
  }
  return all;
};
