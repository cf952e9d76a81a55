import { describe, expect, it } from '@jest/globals';
import { secondOf } from '../src/documents.ts';
import { stateOfOrder, stateOfTicket } from '../src/public-state.ts';
import { isStill, type Wrong } from '../src/report.ts';
import { type TicketFacts, wrongsOfTicket } from '../src/ticket.ts';
import {
  anOrder,
  aTicket,
  cancelled,
  completedBy,
  copyOfOrder,
  copyOfTicket,
  idAt,
  lockedBy,
  price,
} from './builders.ts';

/** What is wrong of these facts; what is not said agrees with the rest. */
const said = ({ ticket, orders = [], ...given }: Partial<TicketFacts>): string[] =>
  wrongsOfTicket({
    id: ticket?.id ?? orders[0]?.ticket.id ?? '',
    ticket,
    replica: ticket && copyOfTicket(ticket),
    orders,
    ...given,
  }).map(({ invariant, detail }) => `${invariant}: ${detail}`);

const at = (seconds: number) => new Date(Date.UTC(2030, 0, 1, 12, 0, 0, 0) + seconds * 1_000);

describe('what tickets and orders publish', () => {
  it('is every field, dates as text, and nothing for what is absent', () => {
    const ticket = aTicket({ version: 4 });
    const order = anOrder(ticket, { reason: 'expired', status: 'cancelled' });
    const lock = {
      state: 'reserved',
      orderId: order.id,
      until: at(0),
      holdSequence: 1,
      orderVersion: 0,
    } as const;
    expect(stateOfTicket({ ...ticket, lock })).toEqual({
      id: ticket.id,
      version: 4,
      userId: ticket.userId,
      title: 'Nils Frahm',
      price,
      listed: true,
      status: 'reserved',
      orderId: order.id,
      reservedUntil: '2030-01-01T12:00:00.000Z',
      startsAt: '2031-05-01T18:00:00.000Z',
      place: 'Hamburg',
    });
    expect(copyOfOrder(order)).toEqual({
      id: order.id,
      version: 0,
      userId: order.userId,
      status: 'cancelled',
      expiresAt: order.expiresAt.toISOString(),
      holdSequence: 1,
      reason: 'expired',
      ticket: {
        id: ticket.id,
        title: 'Nils Frahm',
        price,
        startsAt: '2031-05-01T18:00:00.000Z',
        place: 'Hamburg',
      },
    });
    const { startsAt: _startsAt, place: _place, ...bare } = order;
    expect(stateOfOrder(bare).ticket).toMatchObject({ startsAt: undefined, place: undefined });
  });

  it.each([
    ['sold', { listed: false, state: 'sold' }],
    ['reserved', { listed: false, state: 'reserved' }],
    ['on sale', { listed: true, state: 'free' }],
    ['withdrawn', { listed: false, state: 'free' }],
  ] as const)('is of a ticket that is %s', (status, { listed, state }) => {
    const lock = { state, holdSequence: 1, orderVersion: 0 };
    expect(stateOfTicket(aTicket({ listed, lock })).status).toBe(status);
  });
});

describe('of a ticket, nothing is wrong', () => {
  it('that was never held, reserved, sold, and free again', () => {
    const ticket = aTicket();
    const first = anOrder(ticket);
    expect(said({ ticket })).toEqual([]);
    for (const order of [first, completedBy(first, 'p'), cancelled(first)]) {
      expect(said({ ticket: lockedBy(ticket, order), orders: [order] })).toEqual([]);
    }
  });

  it('whose holds came one after the other, in the same second, or by two clocks', () => {
    const ticket = aTicket();
    const first = cancelled(anOrder(ticket, { id: idAt(at(0)) }), { savedAt: at(60.9) });
    for (const made of [60, 59, 61]) {
      const next = anOrder(ticket, { id: idAt(at(made)), holdSequence: 2 });
      expect(said({ ticket: lockedBy(ticket, next), orders: [next, first] })).toEqual([]);
    }
  });

  it('whose first hold a migration has saved anew, as nothing tells any more when it ended', () => {
    const ticket = aTicket();
    const next = anOrder(ticket, { id: idAt(at(60)), holdSequence: 2 });
    const migrated = cancelled(anOrder(ticket, { id: idAt(at(0)) }), { version: 2, savedAt: at(3_600) });
    expect(said({ ticket: lockedBy(ticket, next), orders: [migrated, next] })).toEqual([]);
    const unpaid = cancelled(migrated, { version: 2, reason: 'payment_failed', savedAt: at(60) });
    expect(said({ ticket: lockedBy(ticket, next), orders: [unpaid, next] })).toEqual([]);
  });
});

describe('of the orders of a ticket it is wrong', () => {
  const ticket = aTicket();
  const first = anOrder(ticket, { id: idAt(at(0)) });
  const next = anOrder(ticket, { id: idAt(at(60)), holdSequence: 2 });

  it('that two hold it', () => {
    const paid = completedBy(first, 'p');
    expect(said({ ticket: lockedBy(ticket, next), orders: [paid, next] })).toEqual([
      `one holder: 2 orders hold it: order ${first.id} is completed, order ${next.id} is awaiting payment`,
    ]);
  });

  it('that one is missing, also the first', () => {
    const third = { ...next, holdSequence: 3 };
    const ended = cancelled(first, { savedAt: at(60) });
    expect(said({ ticket: lockedBy(ticket, third), orders: [ended, third] })).toEqual([
      `sequences without gaps: no order has holdSequence 2; the next one, order ${third.id}, has 3`,
    ]);
    expect(said({ ticket: lockedBy(ticket, next), orders: [next] })).toEqual([
      `sequences without gaps: no order has holdSequence 1; the next one, order ${next.id}, has 2`,
    ]);
  });

  it('that two have the same holdSequence', () => {
    const ended = cancelled(first, { savedAt: at(60) });
    const twin = { ...next, holdSequence: 1, version: 2 };
    expect(said({ ticket: lockedBy(ticket, twin), orders: [ended, twin] })).toEqual([
      `sequences without gaps: two orders have holdSequence 1: ${first.id} and ${next.id}`,
    ]);
  });

  it('that one was made before the one before it ended', () => {
    const late = cancelled(first, { savedAt: at(62.1) });
    expect(said({ ticket: lockedBy(ticket, next), orders: [late, next] })).toEqual([
      `holds in sequence: order ${next.id} (holdSequence 2) was made at 2030-01-01T12:01:00.000Z, ` +
        `before order ${first.id} (holdSequence 1) ended at 2030-01-01T12:01:02.100Z`,
    ]);
    const unpaid = cancelled(first, { reason: 'payment_failed', version: 2, savedAt: at(120) });
    expect(said({ ticket: lockedBy(ticket, next), orders: [unpaid, next] })).toHaveLength(1);
  });

  it('that one has not ended, and there is one after it', () => {
    const over = cancelled(next);
    expect(said({ ticket: lockedBy(ticket, over), orders: [first, over] })).toEqual([
      `holds in sequence: order ${first.id} (holdSequence 1) is awaiting payment, ` +
        `and order ${next.id} (holdSequence 2) was made after it`,
    ]);
  });
});

describe('of the copy of a ticket it is wrong', () => {
  const ticket = aTicket({ version: 3 });
  const copy = copyOfTicket(ticket);
  const { place: _place, ...bare } = copy;

  it.each([
    ['that it is not there', undefined, 'orders has no copy of it; tickets has version 3'],
    [
      'that it is behind',
      { ...copy, version: 2, title: 'Old' },
      'the copy in orders has version 2; tickets has 3',
    ],
    [
      'that it is ahead',
      { ...copy, version: 4 },
      'the copy in orders is ahead of its source: it has version 4; tickets has 3',
    ],
    [
      'that it says something else under the same version',
      { ...bare, title: 'Nils', price: { amount: 1, currency: 'usd' }, orderId: 'o' },
      'the copy in orders has the same version 3 with other content: title is "Nils" and not "Nils Frahm"; ' +
        'price.amount is 1 and not 1999; orderId is "o" and not absent; place is absent and not "Hamburg"',
    ],
  ])('%s', (_, replica, detail) => {
    expect(said({ ticket, replica })).toEqual([`replica is its source: ${detail}`]);
  });

  it('that tickets has no such ticket', () => {
    const wrongs = wrongsOfTicket({ id: copy.id, replica: copy, orders: [] });
    expect(wrongs.map(({ detail }) => detail)).toEqual([
      'orders has version 3 of it, and tickets has no such document',
    ]);
  });

  it('but not that it has a field that this version does not know, or null for what is absent', () => {
    expect(said({ ticket, replica: { ...copy, seat: '14', orderId: null } })).toEqual([]);
  });
});

describe('of the lock it is wrong', () => {
  const ticket = aTicket();
  const order = anOrder(ticket, { version: 0 });
  const paid = completedBy(order, 'p');
  const sold = lockedBy(ticket, paid);
  const orders = [paid];

  it.each([
    [
      'that it is behind',
      lockedBy(ticket, order),
      'the lock is behind: it has holdSequence 1, order version 0; ' +
        `its last order ${order.id} is completed with holdSequence 1, order version 1`,
    ],
    [
      'that it is ahead',
      { ...sold, lock: { ...sold.lock, holdSequence: 2, orderVersion: 0 } },
      'the lock is ahead of every order: it has holdSequence 2, order version 0; ' +
        `its last order ${order.id} is completed with holdSequence 1, order version 1`,
    ],
    [
      'that its state is another',
      { ...sold, lock: { ...sold.lock, state: 'reserved', until: at(0) } as const },
      `its last order ${order.id} is completed, but of the lock state is reserved and not sold; ` +
        'until is 2030-01-01T12:00:00.000Z and not absent',
    ],
    [
      'that it names another order',
      { ...sold, lock: { ...sold.lock, orderId: 'another' } },
      `its last order ${order.id} is completed, but of the lock orderId is another and not ${order.id}`,
    ],
  ])('%s', (_, locked, detail) => {
    expect(said({ ticket: locked, orders })).toEqual([`lock is its order: ${detail}`]);
  });

  it('that it is held without any order', () => {
    expect(said({ ticket: lockedBy(ticket, order), orders: [] })).toEqual([
      'lock is its order: the lock is ahead of every order: it has holdSequence 1, order version 0; it has no order',
    ]);
    const held = { ...ticket, lock: { ...ticket.lock, orderId: order.id } };
    expect(said({ ticket: held })).toEqual([
      `lock is its order: it has no order, but of the lock orderId is ${order.id} and not absent`,
    ]);
  });

  it('that there is no ticket', () => {
    expect(said({ orders })).toEqual([
      `lock is its order: order ${order.id} is of this ticket, and tickets does not have it`,
    ]);
  });
});

describe('the second look', () => {
  const wrong: Wrong = { invariant: 'lock is its order', about: 'ticket', id: '1', detail: 'so' };

  it('finds the same where invariant, id and mark are, whatever the details', () => {
    expect(isStill(wrong, { ...wrong, detail: 'otherwise' })).toBe(true);
    expect(isStill(wrong, { ...wrong, id: '2' })).toBe(false);
    expect(isStill(wrong, { ...wrong, about: 'order' })).toBe(false);
    expect(isStill(wrong, { ...wrong, invariant: 'one holder' })).toBe(false);
    expect(isStill({ ...wrong, mark: 'a' }, { ...wrong, mark: 'b' })).toBe(false);
  });

  it('takes nothing for behind that has caught up meanwhile, and is behind again', () => {
    const behind = (has: readonly number[], needs: readonly number[]) => ({
      ...wrong,
      behind: { has, needs },
    });
    const first = behind([2, 0], [3, 0]);
    expect(isStill(first, behind([2, 1], [4, 0]))).toBe(true);
    expect(isStill(first, behind([3, 0], [4, 0]))).toBe(false);
    expect(isStill(first, behind([4, 1], [5, 0]))).toBe(false);
    expect(isStill(first, wrong)).toBe(true);
  });

  it('looks at the second in which an id was made', () => {
    expect(secondOf(idAt(at(7.9)))).toBe(at(7).getTime());
  });
});
