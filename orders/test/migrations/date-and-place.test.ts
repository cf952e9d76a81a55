/**
 * 0001-before.json is what orders had stored at commit ec21c9b, the last one without the date and the place: four orders that
 * were made over HTTP, of which the second was paid and the third was let go, and what it knew of their tickets. The ticket of
 * the fourth has no date.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expirationComplete, orderCancelled, orderCompleted, orderCreated } from '@ticketing/common/events';
import { eventually, type Stored } from '@ticketing/common/testing';
import { type BoxOffice, openBoxOffice } from '../box-office.ts';

const before: Stored = JSON.parse(readFileSync(new URL('0001-before.json', import.meta.url), 'utf8'));
const show = { startsAt: '2027-07-14T18:30:00.000Z', place: 'Elbphilharmonie, Hamburg' };

/** The ticket of one order more, which orders has never heard of. */
const UNKNOWN = '6b0c1f18769d02594fc60000';

let now = new Date('2026-11-29T12:50:00Z');
let office: BoxOffice;
beforeAll(async () => {
  const [, , cancelled] = before.orders ?? [];
  const lost = { ...cancelled, _id: { $oid: '6b0c1f1a46d24dd0d82c6000' }, ticket: { id: UNKNOWN } };
  office = await openBoxOffice({
    stored: { ...before, orders: [lost, ...(before.orders ?? [])] },
    replicas: 2,
    clock: { now: () => now },
  });
});
afterAll(() => office.end());

const stored = async () => (await office.collection().find({}).sort({ _id: 1 }).toArray()).slice(1);
const heard = (id: string) =>
  office
    .heard()
    .filter((order) => order.id === id)
    .toSorted((one, other) => one.version - other.version)
    .at(-1);

describe('orders that were made before date and place were kept', () => {
  it('have them before the service is ready, under a newer version, and are else as they were', async () => {
    const orders = await stored();
    expect(
      orders.map(({ status, startsAt, place, termsKept }) => [status, startsAt, place, termsKept]),
    ).toEqual([
      ['awaiting payment', new Date(show.startsAt), show.place, true],
      ['completed', new Date(show.startsAt), show.place, true],
      ['cancelled', new Date(show.startsAt), show.place, true],
      ['awaiting payment', undefined, undefined, true],
    ]);
    for (const [index, order] of orders.entries()) {
      const old = before.orders?.[index] as Record<string, unknown>;
      const { version, userId, expiresAt, holdSequence, ticket, slot, paymentId } = order;
      // By one, and by one more with each migration that comes after this one.
      expect(version).toBeGreaterThan(Number(old.version));
      expect({ userId, holdSequence, ticket, slot, paymentId }).toEqual({
        ...{ userId: old.userId, holdSequence: old.holdSequence, ticket: old.ticket },
        ...{ slot: old.slot, paymentId: old.paymentId },
      });
      expect(expiresAt.toISOString()).toBe((old.expiresAt as { $date: string }).$date);
    }
  });

  it('are published under the new version, each under the type of its state', async () => {
    now = new Date('2026-11-29T12:50:05Z');
    const orders = await stored();
    await eventually(() => {
      for (const { _id, version, status, place } of orders) {
        expect(heard(String(_id))).toMatchObject({
          version,
          status,
          ...(place === undefined ? {} : { ticket: show }),
        });
      }
    });
    expect(heard(String(orders[3]?._id))?.ticket).not.toHaveProperty('startsAt');
    expect(orders.map(({ _id }) => office.said(String(_id)))).toEqual([
      [orderCreated.type],
      [orderCompleted.type],
      [orderCancelled.type],
      [orderCreated.type],
    ]);
  });

  it('are shown to their buyer with both', async () => {
    for (const { _id, userId, startsAt } of await stored()) {
      const { body } = await office.show({ id: userId, email: 'buyer@example.com' }, String(_id));
      expect(body.ticket).toMatchObject(startsAt === undefined ? {} : show);
    }
  });

  it('and whose ticket nobody knows here stay as they are', async () => {
    const [unknown] = await office.inStore({ 'ticket.id': UNKNOWN });
    expect(unknown).toMatchObject({ version: 1, status: 'cancelled' });
    expect(unknown).not.toHaveProperty('termsKept');
  });

  it('can be let go', async () => {
    const [, , , plain] = await stored();
    const { status } = await office.cancel(
      { id: plain?.userId, email: 'buyer@example.com' },
      String(plain?._id),
    );
    expect(status).toBe(204);
  });

  it('end on time, by the deadline that expiration has set before', async () => {
    now = new Date('2026-11-29T13:04:00Z');
    const [awaiting] = await stored();
    const version = Number(awaiting?.version) + 1;
    await office.say(expirationComplete, { id: String(awaiting?._id), version: 0 });
    await eventually(async () => {
      const [order] = await stored();
      expect(order).toMatchObject({ status: 'cancelled', reason: 'expired', version, place: show.place });
    });
  });
});
