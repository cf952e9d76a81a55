/**
 * The decisions under every interleaving: somebody reads, decides, and writes only after others have written. Around
 * them stands a model of the store that keeps what the real one promises, and nothing else: a write is pinned to the
 * version it was decided on, and the unique indexes refuse.
 */
import { expect, it } from '@jest/globals';
import type { Decision } from '@ticketing/common/outbox';
import { aPaymentState, aTicketState } from '@ticketing/common/testing';
import fc from 'fast-check';
import { complete, expire, losePayment, type Order, release, reserve, TicketReserved } from '../src/order.ts';
import { at } from './orders.ts';

const HOLD_SECONDS = 10;
const buyers = ['b1', 'b2', 'b3'];
const tickets = [aTicketState(), aTicketState()];
const holds = ({ status }: Order): boolean => status !== 'cancelled';

/** What the real store promises. */
class ModelStore {
  readonly orders: Order[] = [];

  insert(order: Order): void {
    const same = this.orders.filter(({ ticket }) => ticket.id === order.ticket.id);
    if (same.some(holds) || same.some(({ holdSequence }) => holdSequence === order.holdSequence)) return;
    this.orders.push(order);
  }

  write(current: Order, decision: Decision<Order, unknown>): void {
    const index = this.orders.findIndex(
      ({ id, version }) => id === current.id && version === current.version,
    );
    if (index < 0 || decision.kind !== 'changed') return;
    this.orders[index] = { ...decision.next, version: current.version + 1 };
  }

  lastOf(ticketId: string): Order | undefined {
    return this.orders
      .filter(({ ticket }) => ticket.id === ticketId)
      .sort((a, b) => b.holdSequence - a.holdSequence)[0];
  }
}

/** Somebody begins: reads now, and gets what they will write when it is their turn. */
type Actor = (store: ModelStore, now: Date, id: string) => (() => void) | undefined;

const reserving = (buyer: number, ticket: number): Actor => {
  return (store, now, id) => {
    const wanted = tickets[ticket] ?? aTicketState();
    const last = store.lastOf(wanted.id);
    const takenOver = last && expire(last, now);
    const hold = { id, buyer: buyers[buyer] ?? '', ticket: wanted, slot: 1, now, holdSeconds: HOLD_SECONDS };
    return () => {
      if (last && takenOver?.kind === 'changed') store.write(last, takenOver);
      try {
        store.insert(reserve({ ...hold, after: store.orders.find((order) => order.id === last?.id) }));
      } catch (error) {
        if (!(error instanceof TicketReserved)) throw error;
      }
    };
  };
};

/** On some order there is: `which` counts from the newest. */
const deciding = (which: number, decide: (order: Order, now: Date) => Decision<Order, unknown>): Actor => {
  return (store, now) => {
    const order = store.orders.at(-1 - (which % Math.max(1, store.orders.length)));
    if (order === undefined) return undefined;
    const decision = decide(order, now);
    return () => store.write(order, decision);
  };
};

const payments = [aPaymentState(), aPaymentState(), aPaymentState({ amount: 1 })] as const;
const which = fc.nat({ max: 3 });
const payment = fc.constantFrom(...payments);
const actor: fc.Arbitrary<Actor> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 1 })).map(([b, t]) => reserving(b, t)) },
  which.map((order) => deciding(order, expire)),
  fc
    .tuple(which, fc.constantFrom(...buyers))
    .map(([order, buyer]) => deciding(order, (it) => release(it, buyer))),
  fc.tuple(which, payment).map(([order, paid]) => deciding(order, (it) => complete(it, paid))),
  fc.tuple(which, payment).map(([order, lost]) => deciding(order, (it) => losePayment(it, lost))),
);

type Step = { readonly begin: Actor } | { readonly finish: number } | { readonly seconds: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  actor.map((begin) => ({ begin })),
  fc.nat({ max: 7 }).map((finish) => ({ finish })),
  fc.integer({ min: 1, max: 8 }).map((seconds) => ({ seconds })),
);

it('whatever interleaves, a ticket has at most one holder, an end is final, and every order ends', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const store = new ModelStore();
      const begun: (() => void)[] = [];
      let now = at('12:00').getTime();
      let made = 0;

      const finish = (write: () => void) => {
        const before = store.orders.map((order) => ({ ...order }));
        write();
        for (const { id } of tickets) {
          const ofTicket = store.orders.filter(({ ticket }) => ticket.id === id);
          expect(ofTicket.filter(holds).length).toBeLessThanOrEqual(1);
          // Who holds it has the highest fencing token, so tickets believes the right one.
          const sequences = ofTicket.map(({ holdSequence }) => holdSequence);
          expect(new Set(sequences).size).toBe(sequences.length);
          for (const holder of ofTicket.filter(holds))
            expect(holder.holdSequence).toBe(Math.max(...sequences));
        }
        for (const [index, old] of before.entries()) {
          const order = store.orders[index];
          if (old.status === 'cancelled') expect(order).toEqual(old);
          if (old.status === 'completed') expect(order?.paymentId).toBe(old.paymentId);
          if (old.status === 'completed') expect(order?.status).not.toBe('awaiting payment');
        }
      };

      for (const each of steps) {
        if ('seconds' in each) now += each.seconds * 1000;
        else if ('begin' in each) {
          made += 1;
          const write = each.begin(store, new Date(now), String(made).padStart(24, '0'));
          if (write) begun.push(write);
        } else for (const write of begun.splice(each.finish, 1)) finish(write);
      }
      for (const write of begun) finish(write);

      now += HOLD_SECONDS * 1000;
      for (const order of store.orders) finish(() => store.write(order, expire(order, new Date(now))));
      for (const order of store.orders) expect(order.status).not.toBe('awaiting payment');
      for (const order of store.orders) {
        if (order.status === 'completed') expect(order.paymentId).toMatch(/^[0-9a-f]{24}$/);
        expect(order.paymentId).not.toBe(payments[2].id); // the wrong amount buys nothing
      }
    }),
    { numRuns: 1_000 },
  );
});
