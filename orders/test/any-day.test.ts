/** Any day at the box office: several buyers and tickets, two replicas, everything that can happen, at random. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  expirationComplete,
  type OrderState,
  paymentAuthorized,
  paymentCreated,
  paymentFailed,
} from '@ticketing/common/events';
import { aPaymentState, aTicketState, eventually, randomFrom } from '@ticketing/common/testing';
import { toPublic } from '../src/order.ts';
import { type BoxOffice, openBoxOffice } from './box-office.ts';

const ACTORS = 6;
const ACTIONS = 60;

let office: BoxOffice;
beforeAll(async () => {
  office = await openBoxOffice({ replicas: 2, holdSeconds: 1, sweeper: true });
});
afterAll(() => office.end());

/**
 * The lock of each ticket as tickets would have it, from order events in whatever order (docs/protocol.md, "Ticket
 * lock").
 */
const locksAfter = (states: readonly OrderState[]): Map<string, OrderState> => {
  const locks = new Map<string, OrderState>();
  for (const state of states) {
    const lock = locks.get(state.ticket.id);
    const newer =
      lock === undefined ||
      state.holdSequence > lock.holdSequence ||
      (state.holdSequence === lock.holdSequence && state.version > lock.version);
    if (newer) locks.set(state.ticket.id, state);
  }
  return locks;
};

it('a ticket has at most one holder at every moment, every order ends, and everybody hears the truth', async () => {
  // A failure says its seed; with it here, everybody chooses the same again.
  const seed = Number(process.env.ANY_DAY_SEED ?? Date.now() % 1_000_000);
  const tickets = Array.from({ length: 4 }, () => aTicketState());
  await office.putUp(...tickets);
  const made: { id: string; buyer: ReturnType<BoxOffice['buyer']> }[] = [];
  let open = true;

  const watch = async (): Promise<number> => {
    let looks = 0;
    for (; open; looks += 1) {
      // Newest first: the other way round, one that ends and the next one that begins during the look were both seen.
      const holders = await office
        .collection()
        .find({ status: { $ne: 'cancelled' } })
        .sort({ $natural: -1 })
        .toArray();
      const held = holders.map(({ ticket }) => ticket.id);
      expect({ seed, held: held.length }).toEqual({ seed, held: new Set(held).size });
      await pause(5);
    }
    return looks;
  };

  const act = async (actor: number): Promise<void> => {
    const random = randomFrom(seed + actor);
    const buyer = office.buyer();
    for (let action = 0; action < ACTIONS; action += 1) {
      const order = made[made.length - 1 - random(Math.min(6, made.length))];
      const choice = random(10);
      if (choice < 4 || order === undefined) {
        const { status, body } = await office.reserve(buyer, tickets[random(tickets.length)]?.id ?? '');
        expect([seed, status === 201 || status === 400]).toEqual([seed, true]);
        if (status === 201) made.push({ id: body.id, buyer });
      } else if (choice < 6) {
        await office.cancel(order.buyer, order.id);
      } else if (choice === 6) {
        await office.say(expirationComplete, { id: order.id, version: 0 });
      } else {
        const payment = aPaymentState({ orderId: order.id, amount: random(4) === 0 ? 1 : 4_800 });
        await office.say(paymentAuthorized, payment);
        if (random(4) > 0) await office.say(paymentFailed, { ...payment, version: 1, status: 'failed' });
        else await office.say(paymentCreated, { ...payment, version: 1, status: 'captured' });
      }
      await pause(random(40));
    }
  };

  const watching = watch();
  try {
    await Promise.all(Array.from({ length: ACTORS }, (_, actor) => act(actor)));
    await eventually(async () => expect(await office.inStore({ status: 'awaiting payment' })).toEqual([]));
  } finally {
    open = false;
  }
  expect(await watching).toBeGreaterThan(10);
  expect(made.length).toBeGreaterThan(tickets.length);

  // Payments still on their way may lose a completed order; then nothing changes any more.
  await eventually(async () => {
    expect(await office.inStore({ 'outbox.0': { $exists: true } })).toEqual([]);
    const truth = (await office.openStore().list({}, { _id: 1 }, 10_000)).map(toPublic);
    expect(truth).toHaveLength(made.length);
    const heard = office.heard();
    for (const order of truth) {
      const versions = new Set(heard.filter(({ id }) => id === order.id).map(({ version }) => version));
      expect([...versions].sort()).toEqual(
        Array.from({ length: order.version + 1 }, (_, version) => version),
      );
    }
    for (const events of [heard, [...heard].reverse()]) {
      for (const [ticketId, lock] of locksAfter(events)) {
        const last = truth
          .filter(({ ticket }) => ticket.id === ticketId)
          .sort((a, b) => b.holdSequence - a.holdSequence)[0];
        expect({ seed, lock }).toEqual({ seed, lock: last });
      }
    }
  });
  expect(await office.deadLetters()).toBe(0);
}, 90_000);
