import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { Redis } from 'ioredis';
import { MongoClient, ObjectId } from 'mongodb';
import { forEach } from '../support/for-each.ts';
import { brokerOf, endOf, expectEndedAfterBroker, type Holds, openHolds, until } from '../support/holds.ts';
import type { Order } from '../support/shop.ts';
import { type OwnSystem, ownSystem } from '../support/system.ts';

const HOLD_SECONDS = 6;
const START_MS = 300_000;
const TEST_MS = 180_000;

let system: OwnSystem;
let holds: Holds;

beforeAll(async () => {
  system = await ownSystem({ holdSeconds: HOLD_SECONDS });
  holds = await openHolds(system.baseUrl);
}, START_MS);
afterAll(() => system?.end(), START_MS);

const redis = () => {
  const { redis: ours } = system.engines;
  if (ours === undefined) throw new Error('Redis is not ours');
  return ours;
};

describe('every hold ends within the hold plus 5 seconds, and the ticket is on sale again,', () => {
  afterEach(async () => {
    if (!system.service('expiration').isRunning) await system.service('expiration').start();
  });

  it(
    'when Redis has forgotten everything',
    async () => {
      const held = await holds.holdSome();
      const client = new Redis(redis().url);
      await client.flushall();
      await client.quit();
      await until(endOf(held));
      await holds.expectEnded(held, endOf(held));
    },
    TEST_MS,
  );

  it(
    'when Redis is down',
    async () => {
      const held = await holds.holdSome();
      await redis().kill();
      try {
        await until(endOf(held));
        await holds.expectEnded(held, endOf(held));
      } finally {
        await redis().restart();
      }
      await eventually(async () => {
        const ready = await fetch(`${system.service('expiration').url}/readyz`);
        expect(ready.status).toBe(200);
      });
    },
    TEST_MS,
  );

  it(
    'when expiration was killed',
    async () => {
      const held = await holds.holdSome();
      await system.service('expiration').kill();
      await until(endOf(held));
      await holds.expectEnded(held, endOf(held));
    },
    TEST_MS,
  );

  it(
    'when the broker is down for 20 seconds at the moment it is over',
    async () => {
      await expectEndedAfterBroker(system, holds);
    },
    TEST_MS,
  );

  it(
    'when orders was killed and came back after they were due',
    async () => {
      const held = await holds.holdSome();
      await system.service('orders').kill();
      await until(endOf(held) + 2_000);
      await system.service('orders').start();
      await holds.expectEnded(held, Date.now());
    },
    TEST_MS,
  );

  it(
    'when its database was killed and came back after they were due',
    async () => {
      const held = await holds.holdSome();
      const { mongo } = system.engines;
      await mongo?.kill();
      await until(endOf(held) + 2_000);
      await mongo?.restart();
      await holds.expectEnded(held, Date.now());
    },
    TEST_MS,
  );
});

describe('with the broker stopped', () => {
  it(
    'a ticket is put up all the same, and heard of once the broker is back',
    async () => {
      const { seller, buyer } = holds;
      const unheard: string[] = [];
      await brokerOf(system).stop();
      try {
        for (let n = 0; n < 5; n += 1) {
          const { status, body } = await seller.sell({ title: `Unheard ${n}` });
          expect(status).toBe(201);
          unheard.push(body.id);
        }
        // Orders has not heard of it; it waits a moment, and says so.
        expect((await buyer.reserve(unheard[0] ?? '')).status).toBe(404);
      } finally {
        await brokerOf(system).restart();
      }
      for (const id of unheard) {
        await eventually(async () => expect((await buyer.reserve(id)).status).toBe(201), 30_000);
      }
    },
    TEST_MS,
  );
});

describe('a seller’s edit that crosses a hold, as the broker is away', () => {
  it(
    'changes nothing of what the buyer has agreed to: not the price, not the date, not the town',
    async () => {
      const { seller, buyer } = holds;
      const agreed = {
        title: 'In Hamburg',
        price: 48,
        startsAt: '2099-07-14T18:30:00.000Z',
        place: 'Hamburg',
      };
      const edited = { title: 'In Vienna', price: 30, startsAt: '2099-09-01T18:30:00.000Z', place: 'Vienna' };
      const { id } = (await seller.sell(agreed)).body;
      const mongo = await MongoClient.connect(system.run.mongoUri);
      /** Orders has heard this of the ticket. */
      const isHeard = (title: string) =>
        eventually(async () => {
          const known = mongo.db('orders').collection('tickets');
          expect(await known.countDocuments({ _id: new ObjectId(id), title })).toBe(1);
        }, 30_000);
      /** While the broker is away: tickets does not hear of the order, and takes the edit. */
      const cross = async (): Promise<Order> => {
        await brokerOf(system).stop();
        try {
          const { status, body: order } = await buyer.reserve(id);
          expect([status, order.ticket]).toEqual([201, { id, currency: 'usd', ...agreed }]);
          expect((await seller.edit(id, edited)).body).toMatchObject(edited);
          return order;
        } finally {
          await brokerOf(system).restart();
        }
      };
      try {
        await isHeard(agreed.title);
        const order = await cross();
        await isHeard(edited.title);
        expect((await buyer.order(order.id)).body.ticket).toEqual(order.ticket);
        const listed = (await buyer.orders()).body.find((each) => each.id === order.id);
        expect(listed?.ticket).toEqual(order.ticket);
      } finally {
        await mongo.close();
      }
    },
    TEST_MS,
  );
});

describe('what was answered with 201', () => {
  it(
    'survives kill -9 of any service at any moment, its event included',
    async () => {
      const { seller, buyer } = holds;
      const sold: string[] = [];
      let selling = true;
      const desk = (async () => {
        while (selling) {
          const answer = await seller.sell({ title: 'Through the storm' }).catch(() => undefined);
          if (answer?.status === 201) sold.push(answer.body.id);
        }
      })();
      try {
        for (const name of ['tickets', 'orders', 'tickets', 'expiration', 'tickets']) {
          const before = sold.length;
          await eventually(() => expect(sold.length).toBeGreaterThan(before + 5), 30_000);
          await system.service(name).kill();
          await system.service(name).start();
        }
      } finally {
        selling = false;
        await desk;
      }
      expect(sold.length).toBeGreaterThan(20);
      await forEach(sold, 8, async (id) => {
        expect((await seller.ticket(id)).status).toBe(200);
        // The event has arrived as well: orders knows it.
        await eventually(async () => expect((await buyer.reserve(id)).status).toBe(201), 30_000);
      });
    },
    TEST_MS,
  );
});
