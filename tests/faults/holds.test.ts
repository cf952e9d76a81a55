import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { Redis } from 'ioredis';
import { newPerson, type Order, type Person } from '../support/shop.ts';
import { type OwnSystem, ownSystem } from '../support/system.ts';

const HOLD_SECONDS = 6;
/** Invariant 4: every order ends within the hold plus this, as soon as everything is up. */
const GRACE_MS = 5_000;
const START_MS = 300_000;
const TEST_MS = 180_000;
const TICKETS = 20;

let system: OwnSystem;
let seller: Person;
let buyer: Person;

beforeAll(async () => {
  system = await ownSystem({ holdSeconds: HOLD_SECONDS });
  [seller, buyer] = await Promise.all([newPerson(system.baseUrl), newPerson(system.baseUrl)]);
}, START_MS);
afterAll(() => system?.end(), START_MS);

const broker = () => {
  const { broker: ours } = system.engines;
  if (ours === undefined) throw new Error('the broker is not ours');
  return ours;
};
const redis = () => {
  const { redis: ours } = system.engines;
  if (ours === undefined) throw new Error('Redis is not ours');
  return ours;
};

const holdSome = async (): Promise<Order[]> => {
  const holds: Order[] = [];
  for (let n = 0; n < TICKETS; n += 1) {
    const ticket = await seller.sell({ title: `Row ${n}` });
    expect(ticket.status).toBe(201);
    const order = await buyer.reserve(ticket.body.id);
    expect(order.status).toBe(201);
    holds.push(order.body);
  }
  return holds;
};

/** The moment the last of these holds is over. */
const endOf = (holds: readonly Order[]): number =>
  Math.max(...holds.map(({ expiresAt }) => Date.parse(expiresAt)));

const until = (moment: number) => pause(Math.max(0, moment - Date.now()));

/** Time to see it over HTTP, on a machine that is busy with all of this. */
const SEEN_MS = 3_000;

/** Every order is cancelled by then, and its ticket on sale again. */
const expectEnded = async (holds: readonly Order[], by: number): Promise<void> => {
  await Promise.all(
    holds.map((hold) =>
      eventually(
        async () => {
          expect((await buyer.order(hold.id)).body.status).toBe('cancelled');
        },
        by + SEEN_MS - Date.now(),
      ),
    ),
  );
  await Promise.all(
    holds.map(({ ticket }) =>
      eventually(async () => {
        expect((await seller.ticket(ticket.id)).body.status).toBe('on sale');
      }),
    ),
  );
};

describe('every hold ends within the hold plus 5 seconds, and the ticket is on sale again,', () => {
  afterEach(async () => {
    if (!system.service('expiration').isRunning) await system.service('expiration').start();
  });

  it(
    'when Redis has forgotten everything',
    async () => {
      const holds = await holdSome();
      const client = new Redis(redis().url);
      await client.flushall();
      await client.quit();
      await until(endOf(holds));
      await expectEnded(holds, endOf(holds) + GRACE_MS);
    },
    TEST_MS,
  );

  it(
    'when Redis is down',
    async () => {
      const holds = await holdSome();
      await redis().kill();
      await until(endOf(holds));
      await expectEnded(holds, endOf(holds) + GRACE_MS);
      await redis().restart();
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
      const holds = await holdSome();
      await system.service('expiration').kill();
      await until(endOf(holds));
      await expectEnded(holds, endOf(holds) + GRACE_MS);
    },
    TEST_MS,
  );

  it(
    'when the broker is down for 20 seconds at the moment it is over',
    async () => {
      const holds = await holdSome();
      await broker().kill();
      const down = Date.now();
      await until(Math.max(down + 20_000, endOf(holds)));
      await broker().restart();
      await expectEnded(holds, Date.now() + GRACE_MS);
    },
    TEST_MS,
  );

  it(
    'when orders was killed and came back after they were due',
    async () => {
      const holds = await holdSome();
      await system.service('orders').kill();
      await until(endOf(holds) + 2_000);
      await system.service('orders').start();
      await expectEnded(holds, Date.now() + GRACE_MS);
    },
    TEST_MS,
  );

  it(
    'when its database was killed and came back after they were due',
    async () => {
      const holds = await holdSome();
      const { mongo } = system.engines;
      await mongo?.kill();
      await until(endOf(holds) + 2_000);
      await mongo?.restart();
      await expectEnded(holds, Date.now() + GRACE_MS);
    },
    TEST_MS,
  );
});

describe('with the broker stopped', () => {
  it(
    'a ticket is put up all the same, and heard of once the broker is back',
    async () => {
      await broker().stop();
      const tickets = await Promise.all(
        Array.from({ length: 5 }, (_, n) => seller.sell({ title: `Unheard ${n}` })),
      );
      expect(tickets.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
      // Orders has not heard of it; it waits a moment, and says so.
      expect((await buyer.reserve(tickets[0]?.body.id ?? '')).status).toBe(404);
      await broker().restart();
      for (const { body } of tickets) {
        await eventually(async () => expect((await buyer.reserve(body.id)).status).toBe(201), 30_000);
      }
    },
    TEST_MS,
  );
});

describe('what was answered with 201', () => {
  it(
    'survives kill -9 of any service at any moment, its event included',
    async () => {
      const sold: string[] = [];
      let selling = true;
      const desk = (async () => {
        while (selling) {
          const answer = await seller.sell({ title: 'Through the storm' }).catch(() => undefined);
          if (answer?.status === 201) sold.push(answer.body.id);
        }
      })();
      for (const name of ['tickets', 'orders', 'tickets', 'expiration', 'tickets']) {
        const before = sold.length;
        await eventually(() => expect(sold.length).toBeGreaterThan(before + 5), 30_000);
        await system.service(name).kill();
        await system.service(name).start();
      }
      selling = false;
      await desk;
      expect(sold.length).toBeGreaterThan(20);
      for (const id of sold) expect((await seller.ticket(id)).status).toBe(200);
      // The event has arrived: orders knows each of them.
      for (const id of sold.slice(-50)) {
        await eventually(async () => expect((await buyer.reserve(id)).status).toBe(201), 30_000);
      }
    },
    TEST_MS,
  );
});
