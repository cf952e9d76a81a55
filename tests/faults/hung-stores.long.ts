/** A store that hangs: its process is there, its connections stay open, and it answers nothing. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { sellerAndBuyer } from '../support/seller-and-buyer.ts';
import { withDatabase } from '../support/system.ts';

const TEST_MS = 120_000;
const HOLD_SECONDS = 15;
/** Of 100 requests to a hung database, so many are answered within this. */
const ANSWERED = 95;
const ANSWER_MS = 5_000;
const UNREADY_MS = 10_000;
const THAW_MS = 5_000;

const here = sellerAndBuyer({ holdSeconds: HOLD_SECONDS });

const engineOf = (name: 'mongo' | 'redis') => {
  const engine = here().system.engines[name];
  if (engine === undefined) throw new Error(`${name} is not ours`);
  return engine;
};
const freeze = (name: 'mongo' | 'redis') => process.kill(engineOf(name).pid, 'SIGSTOP');
const thaw = (name: 'mongo' | 'redis') => process.kill(engineOf(name).pid, 'SIGCONT');

const look = (service: string, path: string) =>
  fetch(`${here().system.service(service).url}${path}`, { signal: AbortSignal.timeout(ANSWER_MS) });
const readiness = async (service: string): Promise<number> => (await look(service, '/readyz')).status;

// Also where a test has failed: a process that is stopped does not hear that it is to end.
afterEach(() => {
  for (const name of ['mongo', 'redis'] as const) thaw(name);
});

describe('a database that hangs', () => {
  it(
    'is an honest 503 in time for those who ask, and no service is ready; all is well again soon after',
    async () => {
      const { seller, buyer } = here();
      const ticket = (await seller.sell()).body;
      const held = (await seller.sell()).body;
      const order = await buyer.reserve(held.id);
      expect(order.status).toBe(201);

      freeze('mongo');
      const unready = withDatabase.map(async (service) => {
        await eventually(async () => expect(await readiness(service)).toBe(503), UNREADY_MS);
      });
      const asks: (() => Promise<{ status: number }>)[] = [
        () => buyer.tickets(),
        () => buyer.ticket(ticket.id),
        () => buyer.reserve(ticket.id, { 'Idempotency-Key': `key-${Math.random()}` }),
        () => seller.edit(ticket.id, { title: 'Nils Frahm', price: 50 }),
        () => buyer.orders(),
        () => buyer.pay(order.body.id),
        () => buyer.release(order.body.id),
        () => seller.sell(),
        () => buyer.ask('GET', '/api/users/currentuser'),
        () => buyer.ask('POST', '/api/users/signin', { email: seller.email, password: 'something else' }),
      ];
      const answers = await Promise.all(
        Array.from({ length: 100 }, async (_, n) => {
          await pause(n * 80);
          const since = performance.now();
          const { status } = await (asks[n % asks.length] ?? buyer.tickets)();
          return { status, ms: performance.now() - since };
        }),
      );
      expect([...new Set(answers.map(({ status }) => status))]).toEqual([503]);
      const inTime = answers.filter(({ ms }) => ms <= ANSWER_MS);
      expect(inTime.length).toBeGreaterThanOrEqual(ANSWERED);
      await Promise.all(unready);

      thaw('mongo');
      await eventually(async () => {
        for (const service of withDatabase) expect(await readiness(service)).toBe(200);
        expect((await buyer.tickets()).status).toBe(200);
        expect((await seller.sell()).status).toBe(201);
      }, THAW_MS);
    },
    TEST_MS,
  );
});

describe('a Redis that hangs', () => {
  it(
    'makes expiration unready and takes no other number with it; holds end all the same',
    async () => {
      const { seller, buyer } = here();
      const { body: ticket } = await seller.sell();
      await eventually(async () => expect((await buyer.reserve(ticket.id)).status).toBe(201));
      expect(await readiness('expiration')).toBe(200);

      freeze('redis');
      await eventually(async () => expect(await readiness('expiration')).toBe(503), UNREADY_MS);
      const text = await (await look('expiration', '/metrics')).text();
      expect(text).toContain('process_cpu');
      expect(text).toMatch(/^expiration_deadlines\{.*\} Nan$/m);
      expect(text).toMatch(/^dead_letters\{.*\} Nan$/m);
      await eventually(
        async () => expect((await buyer.ticket(ticket.id)).body.status).toBe('on sale'),
        (HOLD_SECONDS + 10) * 1_000,
      );

      thaw('redis');
      await eventually(async () => expect(await readiness('expiration')).toBe(200), THAW_MS);
    },
    TEST_MS,
  );
});
