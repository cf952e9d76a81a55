/** What a ticket is after a restore (docs/protocol.md, rule 8): the decision, and the command over a real database. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@ticketing/common/clock';
import type { TicketState } from '@ticketing/common/events';
import { writtenLater } from '@ticketing/common/operations';
import { replicaOf } from '@ticketing/common/replica';
import { BrokenOff, mortal, newId, type TestDatabase, testDatabase } from '@ticketing/common/testing';
import fc from 'fast-check';
import { asItIs } from '../src/restore.ts';
import { openTicketStore, type TicketStore } from '../src/store/tickets.ts';
import {
  edit,
  follow,
  fromPublic,
  type LockingOrder,
  NEVER_HELD,
  putUp,
  type Ticket,
  toPublic,
  withdraw,
} from '../src/ticket.ts';
import { takeBackTickets } from '../src/use-cases/take-back-tickets.ts';

const now = new Date('2027-05-01T12:00:00Z');
const offer = { title: 'Nils Frahm', price: { amount: 4_800, currency: 'usd' } };

const aTicket = (given: Partial<Ticket> = {}): Ticket => ({
  ...putUp(newId(), newId(), offer, now),
  ...given,
});

const anOrder = (given: Partial<LockingOrder> = {}): LockingOrder => ({
  id: newId(),
  status: 'awaiting payment',
  expiresAt: '2027-05-01T12:15:00.000Z',
  holdSequence: 1,
  version: 0,
  ...given,
});

/** The ticket one change further. */
const after = (
  ticket: Ticket,
  decision: ReturnType<typeof follow> | ReturnType<typeof edit> | ReturnType<typeof withdraw>,
): Ticket => {
  if (decision.kind !== 'changed') throw new Error(`the decision was ${decision.kind}`);
  return { ...decision.next, version: ticket.version + 1 };
};
const followed = (ticket: Ticket, order: LockingOrder) => after(ticket, follow(ticket, order));
const edited = (ticket: Ticket, title: string) =>
  after(ticket, edit(ticket, ticket.userId, { ...offer, title }, now));

describe('a ticket and what orders has heard of it', () => {
  it('is what the backup has, where orders has heard no more and its lock is right', () => {
    const order = anOrder();
    const own = followed(aTicket(), order);
    expect(asItIs(own, toPublic(own), order)).toEqual(own);
    const free = aTicket();
    expect(asItIs(free, toPublic(free), undefined)).toBe(free);
  });

  it('is what orders has heard, where that is newer', () => {
    const own = aTicket();
    const lost = edited(own, 'Nils Frahm, extra');
    expect(asItIs(own, toPublic(lost), undefined)).toEqual(lost);
  });

  it('is what orders has heard, where the backup does not have it', () => {
    const lost = after(aTicket(), withdraw({ ...aTicket(), userId: 'u' }, 'u'));
    expect(asItIs(undefined, toPublic(lost), undefined)).toEqual(lost);
  });

  it('has the lock of its last order with its numbers, under the version that orders has heard', () => {
    const order = anOrder({ holdSequence: 4, version: 1, status: 'completed' });
    const own = aTicket();
    const lost = followed(own, order);
    expect(asItIs(own, toPublic(lost), order)).toEqual(lost);
  });

  it('is one version up where its last order says something that the ticket had not said', () => {
    const held = anOrder();
    const own = aTicket();
    const lost = followed(own, held);
    const completed = { ...held, status: 'completed' as const, version: 1 };
    expect(asItIs(own, toPublic(lost), completed)).toEqual({
      ...lost,
      version: lost.version + 1,
      lock: { state: 'sold', orderId: held.id, holdSequence: 1, orderVersion: 1 },
    });
  });

  it('of the backup is one version up with another lock, also where only its numbers differ', () => {
    const own = followed(aTicket(), anOrder({ status: 'cancelled', version: 1 }));
    const order = anOrder({ status: 'cancelled', holdSequence: 2, version: 1 });
    expect(asItIs(own, toPublic(own), order)).toEqual({
      ...own,
      version: own.version + 1,
      lock: { state: 'free', holdSequence: 2, orderVersion: 1 },
    });
  });

  it('is no ticket where neither knows it', () => {
    expect(asItIs(undefined, undefined, anOrder())).toBeUndefined();
  });

  it('is told again in every field of the state but those of its lock', () => {
    const id = fc.stringMatching(/^[0-9a-f]{24}$/);
    const time = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') });
    const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const states = fc.record({
      id,
      version: fc.nat(),
      userId: id,
      title: fc.string({ minLength: 1 }),
      price: fc.record({ amount: fc.nat(), currency: fc.constant('eur') }),
      listed: fc.boolean(),
      startsAt: optional(time.map((date) => date.toISOString())),
      place: optional(fc.string()),
    });
    fc.assert(
      fc.property(states, (state) => {
        const whole = { ...state, status: state.listed ? 'on sale' : 'withdrawn' } as TicketState;
        expect(toPublic(fromPublic(whole, NEVER_HELD))).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
    );
  });
});

describe('tickets, restored from a backup', () => {
  const databases: TestDatabase[] = [];
  afterEach(async () => {
    await Promise.all(databases.splice(0).map((database) => database.end()));
  });

  /** @param backup what tickets has @param lost what it had, all of which orders has heard @param orders of each ticket its last */
  const restored = async (
    backup: readonly Ticket[],
    lost: readonly Ticket[],
    orders: ReadonlyMap<string, LockingOrder>,
  ) => {
    const [own, consumer] = await Promise.all([testDatabase(), testDatabase()]);
    databases.push(own, consumer);
    const store = openTicketStore({ mongo: own.mongo, relay: writtenLater(), clock: systemClock });
    await own.buildIndexes();
    for (const ticket of backup) await store.insert(ticket, undefined);
    const copies = replicaOf<TicketState>(consumer.mongo, 'tickets');
    for (const ticket of lost) await copies.apply(toPublic(ticket));
    const takeBack = (tickets: TicketStore = store) =>
      takeBackTickets({ tickets, copies, lastOrdersOf: async () => orders })();
    const all = async (): Promise<unknown[]> =>
      (
        await own.mongo
          .collection('tickets')
          .find({}, { projection: { savedAt: 0, republishAt: 0 } })
          .sort({ _id: 1 })
          .toArray()
      ).map(({ outbox, ...rest }) => ({
        ...rest,
        outbox: outbox.map(({ type, id }: { type: string; id: string }) => `${type} ${id}`),
      }));
    return { store, takeBack, all };
  };

  it('take back what was heard, with its event, and find it in lists again', async () => {
    const own = aTicket();
    const lost = edited(own, 'Ólafur Arnalds');
    const made = aTicket();
    const { store, takeBack, all } = await restored([own], [lost, made], new Map());
    expect(await takeBack()).toEqual({ compared: 2, missing: 1, newer: 1, relocked: 0 });
    expect(await store.find(own.id)).toEqual(lost);
    expect(await store.find(made.id)).toEqual(made);
    expect(await all()).toMatchObject([
      { title: 'Ólafur Arnalds', outbox: [`ticket:updated ticket/${own.id}@1`], index: { onSale: true } },
      { outbox: [`ticket:created ticket/${made.id}@0`], index: { onSale: true } },
    ]);
    const found = await store.search({
      tokens: ['arnalds'],
      inAnyState: false,
      sort: 'newest',
      limit: 5,
      now,
    });
    expect(found).toEqual([lost]);
  });

  it('come to the same when the command is broken off after any write and run again, and a second run changes nothing', async () => {
    const tickets = Array.from({ length: 5 }, () => aTicket());
    const orders = new Map(tickets.slice(0, 3).map(({ id }, n) => [id, anOrder({ holdSequence: n + 1 })]));
    const lost = tickets.map((ticket, n) => edited(ticket, `Row ${n}`));
    const backup = tickets.slice(0, 4);
    const once = await restored(backup, lost, orders);
    await once.takeBack();
    const whole = await once.all();
    await once.takeBack(mortal(once.store, 0));
    expect(await once.all()).toEqual(whole);
    for (let writes = 0; writes < tickets.length; writes += 1) {
      const broken = await restored(backup, lost, orders);
      await expect(broken.takeBack(mortal(broken.store, writes))).rejects.toThrow(BrokenOff);
      await broken.takeBack();
      expect(await broken.all()).toEqual(whole);
    }
  });
});
