import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ticketCreated, ticketUpdated } from '@ticketing/common/events';
import type { EventBus } from '@ticketing/common/messaging';
import { connectNatsStreaming } from '@ticketing/common/messaging/nats-streaming';
import {
  eventually,
  type Listener,
  listenTo,
  type ServiceProcess,
  startServiceProcess,
} from '@ticketing/common/testing';
import { CLUSTER_ID, type RunningEngine, startMongo, startNatsStreaming } from '@ticketing/local/engines';
import { anOffer, anOrderOf, orderEvent, person, sessions, startTickets } from './tickets-service.ts';

describe('while the broker is away', () => {
  it('tickets are put up, edited and withdrawn all the same, and what was said arrives once it is back', async () => {
    const service = await startTickets();
    try {
      const seller = service.somebody();
      const told = await listenTo(service.bus, ticketCreated, ticketUpdated);
      service.broker.goAway();
      const made = await Promise.all(Array.from({ length: 20 }, () => seller.sells()));
      const [edited, withdrawn] = made;
      await seller.put(`/api/tickets/${edited?.id}`, anOffer({ price: 49 })).expect(200);
      await seller.delete(`/api/tickets/${withdrawn?.id}`).expect(204);
      expect((await seller.get('/api/tickets?userId=me')).body).toHaveLength(20);
      // It is the broker that is away, so there is no reason to take the service out of the load balancer.
      expect((await service.visitor.get('/readyz')).status).toBe(200);
      expect(told.heard).toEqual([]);

      service.broker.comeBack();
      await eventually(() => {
        expect(new Set(told.heard.map(({ subject }) => subject)).size).toBe(20);
        expect(told.about(edited?.id ?? '').map(({ data }) => data.version)).toEqual([0, 1]);
        expect(told.about(withdrawn?.id ?? '').map(({ data }) => data.version)).toEqual([0, 1]);
      });
      await eventually(async () => expect((await service.deps.relay.depths())[0]?.depth).toBe(0));
    } finally {
      service.broker.comeBack();
      await service.end();
    }
  });
});

describe('the service as it runs, on a real mongod and a real NATS Streaming server', () => {
  let folder: string;
  let mongod: RunningEngine;
  let nats: RunningEngine;
  let service: ServiceProcess;
  let bus: EventBus;
  let told: Listener;
  const user = sessions.user();
  const seller = () => person(service.url, user);

  const start = () =>
    startServiceProcess(fileURLToPath(new URL('..', import.meta.url)), {
      MONGO_URL: `${mongod.url}/tickets`,
      NATS_URL: nats.url,
      NATS_CLUSTER_ID: CLUSTER_ID,
      SESSION_PUBLIC_KEYS: JSON.stringify(sessions.jwks),
      COOKIE_SECURE: 'off',
      RATE_LIMITS: 'off',
    });

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ticketing-tickets-'));
    [mongod, nats] = await Promise.all([
      startMongo({ dataDir: path.join(folder, 'mongo') }),
      startNatsStreaming({ dataDir: path.join(folder, 'nats') }),
    ]);
    service = await start();
    bus = await connectNatsStreaming({ url: nats.url, clusterId: CLUSTER_ID, clientName: 'tickets-test' });
    told = await listenTo(bus, ticketCreated, ticketUpdated);
  }, 120_000);
  afterAll(async () => {
    await service?.kill();
    await bus?.close();
    await Promise.all([mongod?.stop(), nats?.stop()]);
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  /** Everything that was answered 201 is in the store, and its event has come. */
  const expectNothingLost = async (created: readonly string[]) => {
    for (const id of created) expect((await seller().get(`/api/tickets/${id}`)).status).toBe(200);
    await eventually(() => {
      const heard = new Set(told.heard.map(({ subject }) => subject));
      expect(created.filter((id) => !heard.has(id))).toEqual([]);
    }, 60_000);
    expect(told.refused).toEqual([]);
  };

  /** Sellers who put up tickets all the time, through whatever happens; what was answered 201 is counted. */
  const sellers = (many: number) => {
    const created: string[] = [];
    let open = true;
    const sell = async () => {
      while (open) {
        const answer = await seller()
          .post('/api/tickets', anOffer({ price: 10 + randomInt(50) }))
          .timeout(20_000)
          .catch(() => undefined);
        if (answer?.status === 201) created.push(answer.body.id);
        else await pause(20);
      }
    };
    const selling = Promise.all(Array.from({ length: many }, sell));
    return {
      created,
      /** Resolves once that many more were created. */
      async more(count: number): Promise<void> {
        const wanted = created.length + count;
        await eventually(() => expect(created.length).toBeGreaterThanOrEqual(wanted), 60_000);
      },
      async close(): Promise<readonly string[]> {
        open = false;
        await selling;
        return created;
      },
    };
  };

  it('puts up a ticket, tells it, and follows an order', async () => {
    const { id } = await seller().sells();
    await eventually(() => expect(told.about(id)).not.toEqual([]));
    const order = anOrderOf(id);
    await bus.publish(orderEvent(order.reserved));
    await eventually(async () =>
      expect((await seller().get(`/api/tickets/${id}`)).body).toMatchObject({
        status: 'reserved',
        version: 1,
      }),
    );
    await eventually(() => expect(told.about(id).at(-1)?.data.version).toBe(1));
  }, 60_000);

  it('answers 201 without the broker, and tells everything once it is back, without a restart', async () => {
    await nats.kill();
    const made = await Promise.all(Array.from({ length: 10 }, () => seller().sells()));
    expect((await seller().get('/readyz')).status).toBe(200);
    await nats.restart();
    await expectNothingLost(made.map(({ id }) => id));
    // And it hears again.
    const [{ id } = { id: '' }] = made;
    const reserve = anOrderOf(id).reserved;
    await eventually(() => bus.publish(orderEvent(reserve)));
    await eventually(async () =>
      expect((await seller().get(`/api/tickets/${id}`)).body.status).toBe('reserved'),
    );
  }, 120_000);

  it('tells after a crash what it could not tell before, and starts without the broker', async () => {
    await nats.kill();
    const before = await Promise.all(Array.from({ length: 5 }, () => seller().sells()));
    await service.kill();
    service = await start();
    const after = await seller().sells();
    await nats.restart();
    await expectNothingLost([...before, after].map(({ id }) => id));
  }, 120_000);

  it('loses nothing that it answered 201, though it is killed under load again and again', async () => {
    const load = sellers(8);
    for (let round = 0; round < 2; round += 1) {
      await load.more(20 + randomInt(30));
      await service.kill();
      service = await start();
    }
    await load.more(10);
    const created = await load.close();
    await expectNothingLost(created);
  }, 180_000);

  it('loses nothing either when the broker is killed under load', async () => {
    const load = sellers(8);
    await load.more(20 + randomInt(30));
    await nats.kill();
    await pause(randomInt(200));
    await nats.restart();
    await load.more(10);
    await expectNothingLost(await load.close());
  }, 120_000);

  it('loses nothing even when the database is killed right after the answer', async () => {
    const created: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const made = await Promise.all(Array.from({ length: 4 }, () => seller().sells()));
      await mongod.kill();
      created.push(...made.map(({ id }) => id));
      await mongod.restart();
      await eventually(async () => expect((await seller().get('/api/tickets')).status).toBe(200));
    }
    await expectNothingLost(created);
  }, 120_000);

  it('stops without leaving anything untold', async () => {
    const load = sellers(4);
    await load.more(20);
    const before = [...load.created];
    expect(await service.stop()).toBe(0);
    const created = await load.close();
    // Told before it ended, and not by the next start.
    await eventually(() => expect(before.filter((id) => told.about(id).length === 0)).toEqual([]));
    service = await start();
    await expectNothingLost(created);
  }, 120_000);
});
