/**
 * A broker that loses its disk: what it had taken and nobody has heard yet is gone (docs/protocol.md, "Rule 5:
 * republishing").
 */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { MongoClient } from 'mongodb';
import { brokerOf } from '../support/holds.ts';
import { expectMoneyAndTicketsTogether } from '../support/money.ts';
import { untilThere } from '../support/patience.ts';
import { newPerson, type Order } from '../support/shop.ts';
import { priceOf } from '../support/stripe.ts';
import { type OwnSystem, ownSystem } from '../support/system.ts';

const START_MS = 300_000;
const TEST_MS = 600_000;
const PAID = 3;
const RELEASED = 3;

/** Ends it as a crash would, and brings it back with nothing. */
const forget = async (system: OwnSystem): Promise<void> => {
  const broker = brokerOf(system);
  await broker.kill();
  const folder = path.dirname(broker.logFile);
  for (const name of await readdir(folder)) {
    if (name !== path.basename(broker.logFile)) await rm(path.join(folder, name), { recursive: true });
  }
  await broker.restart();
};

describe.each(['nats-streaming', 'jetstream'] as const)(
  '%s, when it comes back with nothing',
  (transport) => {
    let system: OwnSystem;
    let mongo: MongoClient;
    beforeAll(async () => {
      system = await ownSystem({ transport });
      mongo = await MongoClient.connect(system.run.mongoUri);
    }, START_MS);
    afterAll(async () => {
      await mongo?.close();
      await system?.end();
    }, START_MS);

    /** Everything that orders has said is in the hands of the broker. */
    const isSaid = () =>
      eventually(async () => {
        const waiting = await mongo
          .db('orders')
          .collection('orders')
          .countDocuments({ 'outbox.0': { $exists: true } });
        expect(waiting).toBe(0);
      });

    it(
      'has cost nobody a ticket: each that was paid is sold, each that was let go is on sale, and more can be bought',
      async () => {
        const [seller, buyer] = await Promise.all([newPerson(system.baseUrl), newPerson(system.baseUrl)]);
        const hold = async (n: number): Promise<Order> => {
          const ticket = await untilThere((key) =>
            seller.sell({ title: `Row ${n}`, price: priceOf(n) }, key),
          );
          const order = await untilThere((key) => buyer.reserve(ticket.body.id, key));
          expect(order.status).toBe(201);
          await eventually(async () =>
            expect((await seller.ticket(ticket.body.id)).body.status).toBe('reserved'),
          );
          return order.body;
        };
        const holds: Order[] = [];
        for (let n = 0; n < PAID + RELEASED; n += 1) holds.push(await hold(n));

        // Tickets is away, and so hears of none of what follows before the broker has lost it.
        await system.service('tickets').kill();
        for (const { id } of holds.slice(0, PAID)) {
          const paid = await untilThere((key) => buyer.pay(id, 'tok_visa', key));
          expect(paid.status).toBe(201);
        }
        for (const { id } of holds.slice(PAID)) expect((await buyer.release(id)).status).toBeLessThan(300);
        await isSaid();
        await forget(system);
        await system.service('tickets').start();

        const ended = await expectMoneyAndTicketsTogether(system, buyer, seller);
        expect(ended.filter(({ status }) => status === 'completed')).toHaveLength(PAID);

        const { id } = await hold(PAID + RELEASED);
        expect((await untilThere((key) => buyer.pay(id, 'tok_visa', key))).status).toBe(201);
        await expectMoneyAndTicketsTogether(system, buyer, seller);
      },
      TEST_MS,
    );
  },
);
