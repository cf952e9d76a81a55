import { describe, expect, it } from '@jest/globals';
import { InvalidFields, NotFound, NotYours } from '@ticketing/common/errors';
import { type OrderState, ticketUpdated } from '@ticketing/common/events';
import { given, newId } from '@ticketing/common/testing';
import fc from 'fast-check';
import {
  edit,
  follow,
  isHiddenFrom,
  isOnSale,
  type Lock,
  type Offer,
  putUp,
  StartsInThePast,
  type Ticket,
  TicketReserved,
  TicketSold,
  TicketWithdrawn,
  toPublic,
  withdraw,
} from '../src/ticket.ts';
import { anOrderOf } from './tickets-service.ts';

const seller = newId();
const somebodyElse = newId();
const now = new Date('2027-05-01T12:00:00Z');
const tomorrow = new Date('2027-05-02T12:00:00Z');
const yesterday = new Date('2027-04-30T12:00:00Z');

const anOffer = (change: Partial<Offer> = {}): Offer => ({
  title: 'Nils Frahm',
  price: { amount: 4_800, currency: 'usd' },
  ...change,
});

const aTicket = (change: Partial<Ticket> = {}): Ticket => ({
  ...putUp(newId(), seller, anOffer(), now),
  ...change,
});

const locked = (state: Lock['state'], more: Partial<Lock> = {}): { lock: Lock } => ({
  lock: { state, orderId: newId(), holdSequence: 1, orderVersion: 0, ...more },
});

/** It looks like another title, and is not it. */
const ODD = 'Nils\u200bFrahm';

const reserved = locked('reserved');
const sold = locked('sold', { orderVersion: 1 });
const withdrawn = { listed: false };

describe('a ticket put up for sale', () => {
  it('is on sale at once, at version 0, and nobody has it', () => {
    const ticket = aTicket();
    expect(toPublic(ticket)).toEqual({
      id: ticket.id,
      version: 0,
      userId: seller,
      title: 'Nils Frahm',
      price: { amount: 4_800, currency: 'usd' },
      listed: true,
      status: 'on sale',
    });
  });

  it('must be for something that has not begun', () => {
    for (const startsAt of [yesterday, now]) {
      expect(() => putUp(newId(), seller, anOffer({ startsAt }), now)).toThrow(StartsInThePast);
    }
    expect(putUp(newId(), seller, anOffer({ startsAt: tomorrow }), now).startsAt).toEqual(tomorrow);
  });

  it('must say what people can read', () => {
    for (const odd of [{ title: ODD }, { place: ODD }]) {
      expect(() => putUp(newId(), seller, anOffer(odd), now)).toThrow(InvalidFields);
    }
  });
});

describe('a seller who edits a ticket', () => {
  const dearer = anOffer({
    price: { amount: 5_000, currency: 'usd' },
    place: 'Funkhaus',
    startsAt: tomorrow,
  });

  it('changes what is said of it', () => {
    given(aTicket()).when(edit, seller, dearer, now).thenBecomes(dearer, ticketUpdated);
  });

  it('takes away the place and the time by leaving them out', () => {
    given(aTicket({ place: 'Funkhaus', startsAt: tomorrow }))
      .when(edit, seller, anOffer(), now)
      .thenBecomes({ place: undefined, startsAt: undefined }, ticketUpdated);
  });

  it('changes nothing by saying the same again, even of something that has begun', () => {
    given(aTicket()).when(edit, seller, anOffer(), now).thenIsUnchanged();
    given(aTicket({ startsAt: yesterday }))
      .when(edit, seller, anOffer({ startsAt: new Date(yesterday) }), now)
      .thenIsUnchanged();
  });

  it.each<[string, Partial<Offer>]>([
    ['title', { title: 'Ólafur Arnalds' }],
    ['price', { price: { amount: 4_801, currency: 'usd' } }],
    ['currency', { price: { amount: 4_800, currency: 'eur' } }],
    ['place', { place: 'Funkhaus' }],
    ['time', { startsAt: tomorrow }],
  ])('changes the %s alone', (_what, offer) => {
    given(aTicket()).when(edit, seller, anOffer(offer), now).thenBecomes(offer, ticketUpdated);
  });

  it('cannot move it into the past', () => {
    given(aTicket())
      .when(edit, seller, anOffer({ startsAt: yesterday }), now)
      .thenIsRefused(StartsInThePast);
  });

  it('can give something that has begun another time', () => {
    given(aTicket({ startsAt: yesterday }))
      .when(edit, seller, anOffer({ startsAt: tomorrow }), now)
      .thenBecomes({ startsAt: tomorrow }, ticketUpdated);
  });

  it('must say what people can read, but may keep what was said before that was asked', () => {
    for (const odd of [{ title: ODD }, { place: ODD }]) {
      given(aTicket()).when(edit, seller, anOffer(odd), now).thenIsRefused(InvalidFields);
      const dearer = anOffer({ ...odd, price: { amount: 5_000, currency: 'usd' } });
      given(aTicket(odd)).when(edit, seller, dearer, now).thenBecomes(dearer, ticketUpdated);
    }
    const stands = aTicket({ title: ODD });
    given(stands)
      .when(edit, seller, anOffer({ title: `${ODD}\u200b` }), now)
      .thenIsRefused(InvalidFields);
    given(stands)
      .when(edit, seller, anOffer({ title: ODD, place: ODD }), now)
      .thenIsRefused(InvalidFields);
    given(stands).when(edit, seller, anOffer(), now).thenBecomes({ title: 'Nils Frahm' }, ticketUpdated);
  });

  it('must wait while a buyer is paying', () => {
    given(aTicket(reserved)).when(edit, seller, dearer, now).thenIsRefused(TicketReserved);
    given(aTicket(reserved)).when(edit, seller, anOffer(), now).thenIsRefused(TicketReserved);
  });

  it('cannot change what is sold or withdrawn', () => {
    given(aTicket(sold)).when(edit, seller, dearer, now).thenIsRefused(TicketSold);
    given(aTicket(withdrawn)).when(edit, seller, dearer, now).thenIsRefused(TicketWithdrawn);
  });

  it('must be its seller', () => {
    for (const state of [{}, reserved, sold, { ...reserved, ...withdrawn }]) {
      given(aTicket(state)).when(edit, somebodyElse, dearer, now).thenIsRefused(NotYours);
    }
    given(aTicket(withdrawn)).when(edit, somebodyElse, dearer, now).thenIsRefused(NotFound);
  });
});

describe('a seller who withdraws a ticket', () => {
  it('takes it off sale', () => {
    const ticket = given(aTicket()).when(withdraw, seller).thenBecomes({ listed: false }, ticketUpdated);
    expect(toPublic(ticket)).toMatchObject({ listed: false, status: 'withdrawn' });
  });

  it('may do it twice, and nothing is said the second time', () => {
    given(aTicket(withdrawn)).when(withdraw, seller).thenIsUnchanged();
  });

  it('cannot take it from a buyer', () => {
    given(aTicket(reserved)).when(withdraw, seller).thenIsRefused(TicketReserved);
    given(aTicket({ ...reserved, ...withdrawn }))
      .when(withdraw, seller)
      .thenIsRefused(TicketReserved);
    given(aTicket(sold)).when(withdraw, seller).thenIsRefused(TicketSold);
  });

  it('must be its seller', () => {
    for (const state of [{}, reserved, sold]) {
      given(aTicket(state)).when(withdraw, somebodyElse).thenIsRefused(NotYours);
    }
    given(aTicket(withdrawn)).when(withdraw, somebodyElse).thenIsRefused(NotFound);
  });
});

describe('what a ticket is said to be', () => {
  it.each<[string, Partial<Ticket>]>([
    ['sold', sold],
    ['sold', { ...sold, ...withdrawn }],
    ['reserved', reserved],
    ['reserved', { ...reserved, ...withdrawn }],
    ['withdrawn', withdrawn],
    ['on sale', {}],
  ])('%s', (status, state) => {
    expect(toPublic(aTicket(state)).status).toBe(status);
  });

  it('is on sale until the moment it begins', () => {
    const ticket = aTicket({ startsAt: tomorrow });
    expect(isOnSale(ticket, new Date(tomorrow.getTime() - 1))).toBe(true);
    expect(isOnSale(ticket, tomorrow)).toBe(false);
  });

  it('is hidden from all but its seller once withdrawn, but not from who holds it', () => {
    expect(isHiddenFrom(aTicket(withdrawn), seller)).toBe(false);
    expect(isHiddenFrom(aTicket(withdrawn), somebodyElse)).toBe(true);
    expect(isHiddenFrom(aTicket(withdrawn), undefined)).toBe(true);
    expect(isHiddenFrom(aTicket({ ...withdrawn, ...reserved }), somebodyElse)).toBe(false);
    expect(isHiddenFrom(aTicket(), undefined)).toBe(false);
  });

  it('is what the schema of its events promises, in every state', () => {
    for (const state of [{}, reserved, sold, withdrawn, { place: 'Funkhaus', startsAt: tomorrow }]) {
      const told = toPublic(aTicket(state));
      expect(ticketUpdated.state.parse(told)).toEqual(told);
    }
  });
});

describe('a ticket that follows its orders', () => {
  const ticket = aTicket();
  const first = anOrderOf(ticket.id, { holdSequence: 1 });
  const second = anOrderOf(ticket.id, { holdSequence: 2 });
  const heldBy = (order: OrderState, orderVersion = order.version): { lock: Lock } =>
    locked(order.status === 'completed' ? 'sold' : 'reserved', {
      orderId: order.id,
      ...(order.status === 'completed' ? {} : { until: new Date(order.expiresAt) }),
      holdSequence: order.holdSequence,
      orderVersion,
    });

  it('is reserved by an order that awaits payment', () => {
    given(ticket).when(follow, first.reserved).thenBecomes(heldBy(first.reserved), ticketUpdated);
  });

  it('is sold by an order that is completed, also if it never heard that it was reserved', () => {
    given(ticket).when(follow, first.completed).thenBecomes(heldBy(first.completed), ticketUpdated);
  });

  it('is on sale again once the order is cancelled, and names it no more', () => {
    given(aTicket(heldBy(first.reserved)))
      .when(follow, first.cancelled)
      .thenBecomes({ lock: { state: 'free', holdSequence: 1, orderVersion: 1 } }, ticketUpdated);
  });

  it('is on sale again once the capture of a completed order has failed for good', () => {
    const next = given(aTicket(heldBy(first.completed)))
      .when(follow, first.refused)
      .thenBecomes({});
    expect(toPublic(next).status).toBe('on sale');
  });

  it('does nothing when it hears the same again', () => {
    given(aTicket(heldBy(first.reserved)))
      .when(follow, first.reserved)
      .thenIsUnchanged();
    given(aTicket(heldBy(first.completed)))
      .when(follow, first.completed)
      .thenIsUnchanged();
  });

  it('stays with an order that is told under a newer version, and does not go back to the older', () => {
    const filled = { ...first.reserved, version: first.reserved.version + 1 };
    const next = given(aTicket(heldBy(first.reserved)))
      .when(follow, filled)
      .thenBecomes(heldBy(filled), ticketUpdated);
    given(next).when(follow, first.reserved).thenIsUnchanged();
  });

  it('is not reserved by an order whose end it already knows', () => {
    const ended = aTicket({ lock: { state: 'free', holdSequence: 1, orderVersion: 1 } });
    given(ended).when(follow, first.reserved).thenIsUnchanged();
  });

  it('is not freed by an older order than the one that holds it', () => {
    for (const late of [first.cancelled, first.refused, { ...first.cancelled, version: 99 }]) {
      given(aTicket(heldBy(second.reserved)))
        .when(follow, late)
        .thenIsUnchanged();
      given(aTicket(heldBy(second.completed)))
        .when(follow, late)
        .thenIsUnchanged();
    }
  });

  it('goes to a newer order, even if it never heard that the older one ended', () => {
    given(aTicket(heldBy(first.reserved)))
      .when(follow, second.reserved)
      .thenBecomes(heldBy(second.reserved));
  });

  it('is locked also when withdrawn, and withdrawn it stays if the order ends unpaid', () => {
    const taken = given(aTicket(withdrawn)).when(follow, first.reserved).thenBecomes({ listed: false });
    expect(toPublic(taken).status).toBe('reserved');
    const freed = given(taken).when(follow, first.cancelled).thenBecomes({ listed: false });
    expect(toPublic(freed).status).toBe('withdrawn');
  });

  it('keeps what its seller says', () => {
    const { lock: _before, ...said } = ticket;
    const { lock: _after, ...saidNow } = given(ticket).when(follow, first.reserved).thenBecomes({});
    expect(saidNow).toEqual(said);
  });
});

describe('whatever orders says, twice and in any order', () => {
  const ticket = aTicket();

  /** Lives of one to five orders of a ticket, one after the other; each ends in one of the ways the protocol has. */
  const lives = fc
    .array(fc.constantFrom('open', 'cancelled', 'completed', 'refused'), { minLength: 1, maxLength: 5 })
    .map((ends) =>
      ends.flatMap((end, index): OrderState[] => {
        const order = anOrderOf(ticket.id, { holdSequence: index + 1 });
        switch (end) {
          case 'open':
            return [order.reserved];
          case 'cancelled':
            return [order.reserved, order.cancelled];
          case 'completed':
            return [order.reserved, order.completed];
          default:
            return [order.reserved, order.completed, order.refused];
        }
      }),
    );
  /** Some may get lost, if only the newest arrives. */
  const deliveries = lives.chain((events) =>
    fc.tuple(
      fc.constant(events),
      fc.subarray(events.slice(0, -1)).chain((some) =>
        fc.shuffledSubarray([...some, ...some, ...events.slice(-1), ...events.slice(-1)], {
          minLength: some.length * 2 + 2,
        }),
      ),
    ),
  );

  const hear = (start: Ticket, events: readonly OrderState[]): Ticket =>
    events.reduce((state, event) => {
      const decision = follow(state, event);
      return decision.kind === 'changed' ? { ...decision.next, version: state.version + 1 } : state;
    }, start);

  it('the lock ends up as the newest order says', () => {
    fc.assert(
      fc.property(deliveries, fc.boolean(), ([events, delivered], listed) => {
        const newest = events.at(-1);
        const { lock, listed: stillListed } = hear({ ...ticket, listed }, delivered);
        const states = { 'awaiting payment': 'reserved', completed: 'sold', cancelled: 'free' } as const;
        expect(newest).toBeDefined();
        if (newest === undefined) return;
        expect(lock).toEqual({
          state: states[newest.status],
          ...(newest.status === 'cancelled' ? {} : { orderId: newest.id }),
          ...(newest.status === 'awaiting payment' ? { until: new Date(newest.expiresAt) } : {}),
          holdSequence: newest.holdSequence,
          orderVersion: newest.version,
        });
        expect(stillListed).toBe(listed);
      }),
      { numRuns: 1_000 },
    );
  });

  it('the lock never goes back', () => {
    fc.assert(
      fc.property(deliveries, ([, delivered]) => {
        let state: Ticket = ticket;
        for (const event of delivered) {
          const { lock } = hear(state, [event]);
          const before = [state.lock.holdSequence, state.lock.orderVersion] as const;
          const grown =
            lock.holdSequence > before[0] ||
            (lock.holdSequence === before[0] && lock.orderVersion >= before[1]);
          expect(grown).toBe(true);
          state = { ...state, lock };
        }
      }),
      { numRuns: 500 },
    );
  });

  it('no edit and no withdrawal ever happens while somebody holds it', () => {
    fc.assert(
      fc.property(deliveries, ([, delivered]) => {
        let state: Ticket = ticket;
        for (const event of delivered) {
          state = hear(state, [event]);
          const changes = [edit(state, seller, anOffer({ title: 'Other' }), now), withdraw(state, seller)];
          const allowed = state.lock.state === 'free' ? 'changed' : 'refused';
          expect(changes.map(({ kind }) => kind)).toEqual([allowed, allowed]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
