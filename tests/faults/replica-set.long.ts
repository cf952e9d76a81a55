/**
 * The databases are a replica set that loses its followers, and then its primary before a follower has heard of what
 * was written meanwhile (docs/protocol.md, rule 1).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { type ReplicaSet, startReplicaSet } from '@ticketing/local/engines';
import { endOf, until } from '../support/holds.ts';
import { expectMoneyAndTicketsTogether } from '../support/money.ts';
import { untilThere } from '../support/patience.ts';
import { newPerson, type Order, type Person } from '../support/shop.ts';
import { priceOf } from '../support/stripe.ts';
import { type OwnSystem, ownSystem, withDatabase } from '../support/system.ts';

const START_MS = 300_000;
const TEST_MS = 600_000;
const HOLD_SECONDS = 20;
const TICKETS = 12;
/** Longer than the test: the primary stays one while it is alone. */
const NEVER_ELECTED_MS = 10 * 60_000;

let folder: string;
let set: ReplicaSet;
let system: OwnSystem;
let seller: Person;
let buyer: Person;
let other: Person;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ticketing-replica-set-'));
  set = await startReplicaSet({ dataDir: folder, electionTimeoutMs: NEVER_ELECTED_MS });
  system = await ownSystem({ env: { MONGO_URL: set.url }, holdSeconds: HOLD_SECONDS });
  [seller, buyer, other] = await Promise.all([
    newPerson(system.baseUrl),
    newPerson(system.baseUrl),
    newPerson(system.baseUrl),
  ]);
}, START_MS);

afterAll(async () => {
  await system?.end();
  await set?.stop();
  await rm(folder, { recursive: true, force: true });
}, START_MS);

describe('a primary that loses its followers, and is killed before they are back', () => {
  it(
    'takes no ticket and no money with it: what nobody else has heard of has not happened for anybody',
    async () => {
      const tickets = await Promise.all(
        Array.from({ length: TICKETS }, async (_, n) => {
          const { body } = await untilThere((key) =>
            seller.sell({ title: `Row ${n}`, price: priceOf(n) }, key),
          );
          return body;
        }),
      );
      const held: Order[] = [];
      for (const { id } of tickets) {
        const order = await untilThere((key) => buyer.reserve(id, key));
        expect(order.status).toBe(201);
        held.push(order.body);
      }
      await eventually(async () => {
        const states = await Promise.all(tickets.map(({ id }) => seller.ticket(id)));
        expect(new Set(states.map(({ body }) => body.status))).toEqual(new Set(['reserved']));
      });

      const primary = await set.primary();
      const followers = set.members.filter((member) => member !== primary);
      await Promise.all(followers.map((follower) => follower.kill()));
      // Half of them pay now; the other holds end, and somebody else asks for those tickets.
      const paid = Promise.all(held.slice(0, TICKETS / 2).map(({ id }) => buyer.pay(id)));
      // Their primary takes reads and calls itself one: still, no service is ready that cannot save anything.
      await eventually(async () => {
        for (const service of withDatabase) {
          expect((await fetch(`${system.service(service).url}/readyz`)).status).toBe(503);
        }
      }, 10_000);
      await until(endOf(held) + 2_000);
      const taken = await Promise.all(tickets.slice(TICKETS / 2).map(({ id }) => other.reserve(id)));
      const answers = [...(await paid), ...taken].map(({ status }) => status);
      // Nobody is told that it is done.
      expect(answers.filter((status) => status < 500)).toEqual([]);

      await primary.kill();
      await Promise.all(followers.map((follower) => follower.restart()));
      const [next] = followers;
      if (next === undefined) throw new Error('the set has followers');
      await set.stepUp(next);
      await primary.restart();

      await expectMoneyAndTicketsTogether(system, [buyer, other], seller);
      // And everything goes on: each ticket that was let go can be bought.
      const left = (await seller.tickets('?userId=me&limit=100')).body.filter(
        ({ status }) => status === 'on sale',
      );
      expect(left.length).toBeGreaterThanOrEqual(TICKETS / 2);
      for (const { id } of left) {
        const order = await untilThere((key) => other.reserve(id, key));
        expect(order.status).toBe(201);
        expect((await untilThere((key) => other.pay(order.body.id, 'tok_visa', key))).status).toBe(201);
      }
      await expectMoneyAndTicketsTogether(system, [buyer, other], seller);
    },
    TEST_MS,
  );
});
