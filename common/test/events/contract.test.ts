import { describe, expect, it } from '@jest/globals';
import type { Connection } from 'mongoose';
import {
  type EventOf,
  orderCancelled,
  orderCreated,
  publishes,
  type StateOf,
  ticketCreated,
  ticketUpdated,
} from '../../src/events/index.ts';
import {
  aggregateSchema,
  aggregateStore,
  change,
  type Decision,
  type Relay,
} from '../../src/outbox/index.ts';
import { anOrderState, aTicketState } from '../../src/testing/index.ts';

const contract = publishes('tickets', ticketCreated, ticketUpdated);
type Said = (typeof contract.events)[number];
type Ticket = StateOf<typeof ticketCreated>;

const openStore = (mongo: Connection, relay: Relay) =>
  aggregateStore<Ticket, Said>({
    mongo,
    name: 'tickets',
    schema: aggregateSchema({}),
    source: contract.source,
    toPublic: (ticket) => ticket,
    relay,
  });

/** Never run: `npx tsc`, which `npm run check` calls, fails where an expected error is none. */
export const whatDoesNotCompile = (mongo: Connection, relay: Relay, ticket: Ticket) => {
  const store = openStore(mongo, relay);
  void store.insert(ticket, ticketCreated);
  // @ts-expect-error the contract of tickets does not have it
  void store.insert(ticket, orderCreated);
  // @ts-expect-error
  void store.commit(ticket, ticket, orderCancelled);
  void store.change(ticket.id, (current): Decision<Ticket, Said> => change(current, ticketUpdated));
  // @ts-expect-error
  void store.change(ticket.id, (current) => change(current, orderCancelled));

  aggregateStore<Ticket, Said>({
    mongo,
    name: 'tickets',
    schema: aggregateSchema({}),
    source: contract.source,
    // @ts-expect-error not the state that a ticket's events carry
    toPublic: ({ title: _title, ...rest }) => rest,
    // @ts-expect-error a state is told again by an event of the contract, too
    republish: { eventOf: () => orderCreated, isSettled: () => true },
    relay,
  });

  // @ts-expect-error money inside is integer minor units with a currency
  const _price: EventOf<typeof ticketCreated>['data']['price'] = 19.99;
};

describe('what a service says', () => {
  it('is stated once, with its name as the source of its events', () => {
    expect(contract.source).toBe('tickets');
    expect(contract.events).toEqual([ticketCreated, ticketUpdated]);
  });

  it('is checked by the same schema that its consumers check with', () => {
    expect(contract.events.map((event) => event.state.safeParse(aTicketState()).success)).toEqual([
      true,
      true,
    ]);
    expect(ticketCreated.state.safeParse(anOrderState()).success).toBe(false);
  });
});
