import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { TicketState } from '@ticketing/common/events';
import { newId, type TestDatabase, testDatabase } from '@ticketing/common/testing';
import { openTicketReplica } from '../src/store/tickets.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.end());

it('of a ticket it keeps everything that tickets says: after a restore, tickets takes it back from here', async () => {
  const replica = openTicketReplica(database);
  // All fields that there are: one that is added later does not compile without being said here.
  const ticket: Required<TicketState> = {
    id: newId(),
    version: 7,
    userId: newId(),
    title: 'Elbphilharmonie',
    price: { amount: 1999, currency: 'usd' },
    listed: true,
    status: 'reserved',
    orderId: newId(),
    reservedUntil: '2027-05-01T18:15:00.000Z',
    startsAt: '2027-05-01T18:00:00.000Z',
    place: 'Hamburg',
  };
  const ofNextVersion = { ...ticket, price: { ...ticket.price, fee: 100 }, section: 'B' };
  await replica.apply(ofNextVersion);
  expect(await replica.find(ticket.id)).toEqual(ofNextVersion);
});
