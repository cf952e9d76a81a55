import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { orderCancelled, orderCompleted, orderCreated } from '@ticketing/common/events';
import { anOrderState, eventOf, eventually, newId } from '@ticketing/common/testing';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.end());

/** Resolves once every deadline there was is told or dropped, and nothing is left of it. */
const nothingLeft = () => eventually(async () => expect(await stage.leftovers()).toEqual([]));

describe('the end of a hold', () => {
  it('is told once, when its time has come and not before', async () => {
    await stage.start();
    const [order] = await stage.reserve(1, 700);
    await eventually(() => expect(stage.told()).toEqual([order?.id]));
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(order?.expiresAt ?? ''));
    expect(stage.heard()[0]).toMatchObject({
      id: `expiration/${order?.id}@0`,
      source: 'expiration',
      type: 'expiration:complete',
      subject: order?.id,
      data: { id: order?.id, version: 0 },
    });
    await nothingLeft();
  });

  it('is told at once where it is past already', async () => {
    await stage.start();
    const [order] = await stage.reserve(1, -60_000);
    await eventually(() => expect(stage.told()).toEqual([order?.id]));
  });

  it('is told once, however often its order is announced', async () => {
    await stage.start();
    const order = anOrderState({ expiresAt: new Date(Date.now() + 1_000).toISOString() });
    for (let time = 0; time < 10; time += 1) await stage.say(orderCreated, order);
    await eventually(() => expect(stage.told()).toEqual([order.id]));
    await nothingLeft();
    expect(stage.told()).toHaveLength(1);
  });

  it('belongs to the trace of its reservation', async () => {
    await stage.start();
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const order = anOrderState({ expiresAt: new Date().toISOString() });
    await stage.bus.publish({
      ...eventOf(orderCreated, order),
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
    });
    await eventually(() => expect(stage.heard()[0]?.traceparent).toContain(trace));
  });

  it.each([
    ['let go', orderCancelled, 'cancelled'],
    ['paid', orderCompleted, 'completed'],
  ] as const)('is not told of an order that was %s', async (_how, event, status) => {
    await stage.start();
    const [ended, other] = await stage.reserve(2, 1_500);
    await eventually(async () => expect(await stage.ahead()).toBe(2));
    await stage.say(event, { ...(ended ?? anOrderState()), version: 1, status });
    await eventually(async () => expect(await stage.ahead()).toBe(1));
    await eventually(() => expect(stage.told()).toEqual([other?.id]));
    await nothingLeft();
    expect(stage.told()).toHaveLength(1);
  });

  it('of an order that is announced only after it has ended is told at most in vain, and nothing stays', async () => {
    await stage.start();
    const order = anOrderState({ expiresAt: new Date(Date.now() + 300).toISOString() });
    await stage.say(orderCancelled, { ...order, version: 1, status: 'cancelled', reason: 'released' });
    await stage.say(orderCreated, order);
    await eventually(() => expect(stage.told()).toEqual([order.id]));
    await nothingLeft();
    // And once more, long after.
    await stage.say(orderCreated, order);
    await eventually(() => expect(stage.told()).toEqual([order.id, order.id]));
    await nothingLeft();
  });

  it('of an order that never was is dropped without a word', async () => {
    await stage.start();
    await stage.say(orderCancelled, anOrderState({ version: 1, status: 'cancelled', reason: 'released' }));
    await stage.reserve(1, 0);
    await eventually(() => expect(stage.told()).toHaveLength(1));
    await nothingLeft();
  });
});

describe('a thousand holds that end together', () => {
  it('are each told, once', async () => {
    await stage.start();
    const orders = await stage.reserve(1_000, 2_000);
    await eventually(() => expect(stage.told().length).toBeGreaterThanOrEqual(1_000), 60_000);
    await nothingLeft();
    expect([...stage.told()].sort()).toEqual(orders.map(({ id }) => id).sort());
  }, 90_000);

  it('are each told once by three replicas', async () => {
    for (let replica = 0; replica < 3; replica += 1) await stage.start();
    const orders = await stage.reserve(150, 1_000);
    await eventually(() => expect(stage.told().length).toBeGreaterThanOrEqual(150), 60_000);
    await nothingLeft();
    expect([...stage.told()].sort()).toEqual(orders.map(({ id }) => id).sort());
  }, 90_000);

  it('and ended while nobody looked are told at once, and not all at the same time', async () => {
    const service = await stage.start();
    const orders = await stage.reserve(150, 5_000);
    await eventually(async () => expect(await stage.ahead()).toBe(150));
    await service.stop();
    await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(orders[0]?.expiresAt ?? '')));
    expect(stage.told()).toEqual([]);

    await stage.start();
    let most = 0;
    await eventually(async () => {
      most = Math.max(most, await stage.look.llen('expiration:deadlines:active'));
      expect(new Set(stage.told()).size).toBe(150);
    });
    expect(most).toBeLessThanOrEqual(32);
    await nothingLeft();
  });
});

describe('with the broker away at the moment of expiry', () => {
  it('a deadline is tried again and again, and told once the broker is back', async () => {
    await stage.start();
    const orders = await stage.reserve(20, 500);
    await eventually(async () => expect(await stage.ahead()).toBe(20));
    stage.broker.goAway();
    await eventually(async () => {
      const tries = await Promise.all(
        orders.map(({ id }) => stage.look.hget(`expiration:deadlines:${id}`, 'attemptsMade')),
      );
      for (const times of tries) expect(Number(times)).toBeGreaterThanOrEqual(2);
    });
    expect(stage.told()).toEqual([]);
    stage.broker.comeBack();
    await eventually(() => expect(new Set(stage.told()).size).toBe(20));
    await nothingLeft();
  });

  it('a deadline that is dropped meanwhile does no harm', async () => {
    await stage.start();
    const [order] = await stage.reserve(1, 0);
    stage.broker.goAway();
    stage.broker.comeBack();
    await stage.say(orderCancelled, { ...(order ?? anOrderState()), version: 1, status: 'cancelled' });
    await nothingLeft();
    expect(stage.told().length).toBeLessThanOrEqual(2);
  });
});

describe('a deadline that is dropped at the moment it is taken', () => {
  it('is not told of, and the empty job that it leaves is tidied up', async () => {
    const service = await stage.start();
    // As Bull has it when the job is removed after its id was taken and before the job was read.
    const id = newId();
    await stage.look.lpush('expiration:deadlines:wait', id);
    await eventually(async () =>
      expect(await stage.look.zscore('expiration:deadlines:failed', id)).not.toBeNull(),
    );
    for (const job of service.parts.jobs ?? []) await job.run();
    await nothingLeft();
    const [next] = await stage.reserve(1, 0);
    await eventually(() => expect(stage.told()).toEqual([next?.id]));
    expect(stage.refused()).toEqual([]);
  });
});

describe('with Redis killed', () => {
  it('every deadline is told after it is back, those set before and those heard of meanwhile', async () => {
    await stage.start();
    const before = await stage.reserve(50, 3_000);
    await eventually(async () => expect(await stage.ahead()).toBe(50));
    await eventually(async () => expect(await stage.unwritten()).toBe(0));
    await stage.server.kill();
    const meanwhile = await stage.reserve(20, 1_000);
    await stage.server.restart();
    const ids = [...before, ...meanwhile].map(({ id }) => id);
    await eventually(() => expect(new Set(stage.told())).toEqual(new Set(ids)), 60_000);
    await eventually(async () => expect(await stage.leftovers()).toEqual([]), 60_000);
  }, 120_000);

  it('the service says that it is not ready, answers, and recovers', async () => {
    const { url } = await stage.start();
    await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));
    await stage.server.kill();
    await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(503));
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/expiration_deadlines\{[^}]*\} Nan/);
    await stage.server.restart();
    await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));
  });

  it('the service starts all the same, and stops within its time', async () => {
    await stage.server.kill();
    const service = await stage.start();
    await stage.reserve(5, 0); // handed out, and waiting for Redis
    const stopping = performance.now();
    await service.stop();
    expect(performance.now() - stopping).toBeLessThan(20_000);
    // What it could not do is still at the broker.
    await stage.server.restart();
    await stage.start();
    await eventually(() => expect(new Set(stage.told()).size).toBe(5), 60_000);
  }, 120_000);

  it('and everything in it lost, the service goes on with what comes', async () => {
    await stage.start();
    await stage.reserve(5, 1_000);
    await eventually(async () => expect(await stage.ahead()).toBe(5));
    await stage.look.flushall();
    const [order] = await stage.reserve(1, 1_500);
    await eventually(() => expect(stage.told()).toEqual([order?.id]));
  });
});
