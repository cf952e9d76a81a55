import { setTimeout as pause } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { newPerson, type Order } from './shop.ts';
import type { OwnSystem } from './system.ts';

/** Invariant 4: every order ends within the hold plus this, as soon as everything is up. */
const GRACE_MS = 5_000;
/** Time to see it over HTTP, on a machine that is busy with all of this. */
const SEEN_MS = 3_000;
const TICKETS = 20;

/** The broker that a system has started for itself. */
export const brokerOf = (system: OwnSystem) => {
  const { broker } = system.engines;
  if (broker === undefined) throw new Error('the broker is not ours');
  return broker;
};

/** Waits for a moment, where nothing else tells that it has come. */
export const until = (moment: number) => pause(Math.max(0, moment - Date.now()));

/** The moment the last of these holds is over. */
export const endOf = (holds: readonly Order[]): number =>
  Math.max(...holds.map(({ expiresAt }) => Date.parse(expiresAt)));

/** Somebody who sells, and somebody who holds what is sold until the time is over. */
export const openHolds = async (baseUrl: string) => {
  const [seller, buyer] = await Promise.all([newPerson(baseUrl), newPerson(baseUrl)]);
  return {
    seller,
    buyer,

    async holdSome(): Promise<Order[]> {
      const holds: Order[] = [];
      for (let n = 0; n < TICKETS; n += 1) {
        const ticket = await seller.sell({ title: `Row ${n}` });
        expect(ticket.status).toBe(201);
        const order = await buyer.reserve(ticket.body.id);
        expect(order.status).toBe(201);
        holds.push(order.body);
      }
      return holds;
    },

    /**
     * Every order is cancelled, and its ticket on sale again, within the grace.
     * @param since when the holds were over and everything was up
     */
    async expectEnded(holds: readonly Order[], since: number): Promise<void> {
      const by = since + GRACE_MS + SEEN_MS;
      await Promise.all(
        holds.map(async ({ id, ticket }) => {
          await eventually(
            async () => expect((await buyer.order(id)).body.status).toBe('cancelled'),
            by - Date.now(),
          );
          await eventually(
            async () => expect((await seller.ticket(ticket.id)).body.status).toBe('on sale'),
            by - Date.now(),
          );
        }),
      );
    },
  };
};

export type Holds = Awaited<ReturnType<typeof openHolds>>;

/** Takes the broker away for 20 seconds, during which the holds end. */
export const expectEndedAfterBroker = async (system: OwnSystem, holds: Holds): Promise<void> => {
  const held = await holds.holdSome();
  await brokerOf(system).kill();
  const down = Date.now();
  await until(Math.max(down + 20_000, endOf(held)));
  await brokerOf(system).restart();
  await holds.expectEnded(held, Date.now());
};
