import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { OrderState } from '@ticketing/common/events';
import { anOrderState, newId, type TestDatabase, testDatabase } from '@ticketing/common/testing';
import { openOrderReplica } from '../src/store/orders.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.end());

/** With everything that an order can say: a field that is added to the event has to be added here. */
const aWholeOrder = (): Required<OrderState> & { readonly ticket: Required<OrderState['ticket']> } => {
  const order = anOrderState();
  return {
    ...{ ...order, version: 3, status: 'cancelled', reason: 'payment_failed', paymentId: newId() },
    ticket: { ...order.ticket, startsAt: '2027-07-14T18:30:00.000Z', place: 'Elbphilharmonie, Hamburg' },
  };
};

it('an order is kept here with everything that orders has said of it', async () => {
  const replica = openOrderReplica(database);
  const order = aWholeOrder();
  await replica.apply(order);
  expect(await replica.find(order.id)).toEqual(order);
  // Also what this version does not know: after a restore, orders takes it back from here.
  const ofNextVersion = { ...order, version: 4, total: 1_999, ticket: { ...order.ticket, seat: '12' } };
  await replica.apply(ofNextVersion);
  expect(await replica.find(order.id)).toEqual(ofNextVersion);
  // And no more than that, where orders says less: it may be from before date and place were kept.
  const before = anOrderState();
  await replica.apply(before);
  expect(await replica.find(before.id)).toEqual(before);
});
