import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type CloudEvent, defineEvent, envelope } from '../../src/events/index.ts';
import {
  BusUnavailable,
  type DeadLetter,
  type Delivery,
  type EventBus,
  EventTooLarge,
  type Subscription,
} from '../../src/messaging/index.ts';
import { eventually } from '../../src/testing/eventually.ts';
import type { Tuning } from './address.ts';
import type { Broker, HoldingMember } from './broker.ts';
import { type Adapter, isKeptBy, type PromiseId, promiseIds, promises } from './promises.ts';

/** What one member of a queue group has seen. */
interface Heard {
  readonly deliveries: (Delivery & { readonly at: number })[];
  readonly letters: DeadLetter[];
  /** Ids, in the order in which their handlers began. */
  readonly ids: () => string[];
}

/** What a test works with; made anew for each, so that no two tests share a type of event or a queue group. */
interface Stage {
  readonly broker: Broker;
  readonly type: string;
  readonly group: string;
  connect(tuning?: Tuning): Promise<EventBus>;
  hold(): Promise<HoldingMember>;
  /** The n-th event of this test. */
  event(n: number, type?: string): CloudEvent;
  /** Adds a member to the group; it handles everything unless `how` says otherwise. */
  hear(bus: EventBus, how?: Partial<Subscription>): Promise<Heard>;
}

const idOf = ({ message }: Delivery): string => (message as { id: string }).id;

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const connected = (bus: EventBus) => eventually(() => expect(bus.state).toBe('connected'));

/** A door that opens once. */
const door = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
};

/** Knows how a promise ended without waiting for it. */
const watch = (promise: Promise<unknown>) => {
  const watched: { state: 'pending' | 'resolved' | 'rejected'; error?: unknown; ended: Promise<void> } = {
    state: 'pending',
    ended: promise.then(
      () => {
        watched.state = 'resolved';
      },
      (error: unknown) => {
        Object.assign(watched, { state: 'rejected', error });
      },
    ),
  };
  return watched;
};

const tests: Record<PromiseId, (stage: Stage) => Promise<void>> = {
  async storedWhenResolved({ broker, connect, event, hear }) {
    const bus = await connect();
    const published: string[] = [];
    await Promise.all(
      range(1, 100).map(async (n) => {
        await bus.publish(event(n));
        published.push(event(n).id);
      }),
    );
    await broker.kill();
    await broker.restart();
    await connected(bus);
    const heard = await hear(bus);
    await eventually(() => expect(new Set(heard.ids())).toEqual(new Set(published)));
  },

  async rejectsWhileAway({ broker, connect, event }) {
    const bus = await connect();
    await broker.kill();
    await eventually(() => expect(bus.state).toBe('disconnected'));
    await expect(bus.publish(event(1))).rejects.toThrow(BusUnavailable);
  },

  async rejectsWhenLost({ broker, connect, event }) {
    // So that nothing but the end of the connection can reject it.
    const bus = await connect({ publishTimeoutMs: 600_000 });
    broker.freeze();
    const publishing = watch(Promise.all([bus.publish(event(1)), bus.publish(event(2))]));
    await broker.kill();
    await publishing.ended;
    expect(publishing.error).toBeInstanceOf(BusUnavailable);
  },

  async rejectsWhenClosed({ broker, connect, event }) {
    // So that nothing but the end of the connection can reject it.
    const bus = await connect({ publishTimeoutMs: 600_000 });
    broker.freeze();
    const publishing = watch(bus.publish(event(1)));
    const closing = bus.close();
    await publishing.ended;
    expect(publishing.error).toBeInstanceOf(BusUnavailable);
    broker.thaw();
    await closing;
    expect(bus.state).toBe('closed');
    await expect(bus.publish(event(2))).rejects.toThrow(BusUnavailable);
  },

  async boundedPublishing({ broker, connect, event, hear }) {
    const bus = await connect({ maxPublishing: 2, maxPublishesWaiting: 3 });
    const heard = await hear(bus);
    broker.freeze();
    const publishing = range(1, 7).map((n) => watch(bus.publish(event(n))));
    await Promise.all(publishing.slice(5).map(({ ended }) => ended));
    expect(publishing.map(({ state }) => state)).toEqual([
      ...range(1, 5).map(() => 'pending'),
      ...range(6, 7).map(() => 'rejected'),
    ]);
    broker.thaw();
    await Promise.all(publishing.map(({ ended }) => ended));
    expect(publishing.slice(0, 5).map(({ state }) => state)).toEqual(range(1, 5).map(() => 'resolved'));
    await eventually(() =>
      expect(heard.ids().sort()).toEqual(
        range(1, 5)
          .map((n) => event(n).id)
          .sort(),
      ),
    );
  },

  async tooLarge({ connect, event, hear }) {
    const bus = await connect();
    const heard = await hear(bus);
    const publishing = watch(bus.publish(event(1)));
    const large = { ...event(2), data: { ...event(2).data, title: 'x'.repeat(1024 * 1024) } };
    await expect(bus.publish(large)).rejects.toThrow(EventTooLarge);
    await publishing.ended;
    await bus.publish(event(3));
    expect(publishing.state).toBe('resolved');
    await eventually(() => expect(heard.ids().sort()).toEqual([event(1).id, event(3).id]));
  },

  async fromTheOldest({ connect, event, hear }) {
    const bus = await connect();
    for (const n of range(1, 3)) await bus.publish(event(n));
    const heard = await hear(bus);
    await eventually(() => expect(heard.ids().sort()).toEqual(range(1, 3).map((n) => event(n).id)));
  },

  async newTypeFromTheOldest({ connect, event, hear, type }) {
    const other = `${type}-other`;
    const before = await connect();
    const heardBefore = await hear(before);
    await before.publish(event(1));
    await before.publish(event(2, other));
    await eventually(() => expect(heardBefore.ids()).toEqual([event(1).id]));
    await before.close();

    const after = await connect();
    const heard = await hear(after, { types: [type, other] });
    await after.publish(event(3));
    await eventually(() => expect(heard.ids().sort()).toEqual([event(2).id, event(3).id]));
  },

  async everyGroup({ connect, event, hear, group }) {
    const [one, other] = await Promise.all([connect(), connect()]);
    const heard = [await hear(one), await hear(other, { queueGroup: `${group}-other` })];
    await one.publish(event(1));
    for (const { ids } of heard) await eventually(() => expect(ids()).toEqual([event(1).id]));
  },

  async oneMember({ connect, event, hear }) {
    const [one, other] = await Promise.all([connect(), connect()]);
    // Both are busy, so that neither can take all.
    const enough = door();
    const handle = () => enough.opened;
    const heard = await Promise.all([one, other].map((bus) => hear(bus, { handle, maxInFlight: 2 })));
    const all = range(1, 40);
    await Promise.all(all.map((n) => one.publish(event(n))));
    await eventually(() => {
      for (const { ids } of heard) expect(ids().length).toBeGreaterThan(0);
    });
    enough.open();
    await eventually(() =>
      expect(heard.flatMap(({ ids }) => ids()).sort()).toEqual(all.map((n) => event(n).id).sort()),
    );
  },

  async boundedInFlight({ connect, event, hear }) {
    // So long that nothing comes to another member only because it lay too long at this one.
    const [busy, idle] = await Promise.all([connect({ ackWaitMs: 60_000 }), connect({ ackWaitMs: 60_000 })]);
    const end = door();
    const heard = await hear(busy, { maxInFlight: 2, handle: () => end.opened });
    const all = range(1, 200);
    await Promise.all(all.map((n) => busy.publish(event(n))));
    await eventually(() => expect(heard.ids()).toHaveLength(2));
    const rest = await hear(idle);
    await eventually(() => expect(rest.ids().length).toBeGreaterThanOrEqual(190));
    expect(heard.ids()).toHaveLength(2);
    end.open();
    await eventually(() =>
      expect([...heard.ids(), ...rest.ids()].sort()).toEqual(all.map((n) => event(n).id)),
    );
  },

  async readyWhenActive({ broker, connect, event, hear }) {
    const bus = await connect();
    await broker.kill();
    await eventually(() => expect(bus.state).toBe('disconnected'));
    const hearing = hear(bus);
    const subscribing = watch(hearing);
    await expect(bus.publish(event(1))).rejects.toThrow(BusUnavailable);
    // Somebody else has tried to connect meanwhile, and failed.
    const other = await connect();
    expect(other.state).toBe('disconnected');
    expect(subscribing.state).toBe('pending');
    await broker.restart();
    const heard = await hearing;
    await bus.publish(event(2));
    await eventually(() => expect(heard.ids()).toContain(event(2).id));
  },

  async notJson({ broker, connect, event, hear, type }) {
    const bus = await connect();
    const heard = await hear(bus);
    await broker.publishText(type, '{"id": ');
    await bus.publish(event(1));
    await eventually(() => expect(heard.deliveries.map(({ message }) => message)).toHaveLength(2));
    expect(heard.deliveries.map(({ message }) => message)).toEqual(
      expect.arrayContaining(['{"id": ', event(1)]),
    );
  },

  async slowHandler({ broker, connect, event, hear }) {
    const bus = await connect();
    let finished = 0;
    const heard = await hear(bus, {
      async handle() {
        await sleep(2.5 * broker.ackWaitMs);
        finished += 1;
      },
    });
    await bus.publish(event(1));
    await eventually(() => expect(finished).toBe(1));
    expect(heard.ids()).toEqual([event(1).id]);
    await bus.stopConsuming();
    await bus.close();

    const next = await connect();
    const rest = await hear(next);
    await next.publish(event(2));
    await eventually(() => expect(rest.ids()).toEqual([event(2).id]));
  },

  async slowHandlerKeeps({ broker, connect, event, hear, type }) {
    const [one, other] = await Promise.all([connect(), connect()]);
    const types = [type, `${type}-other`];
    let finished = 0;
    const handle = async () => {
      await sleep(1.5 * broker.ackWaitMs);
      finished += 1;
    };
    // More than it can begin, of each type. It may have one of each, and keeps the one that waits behind the slow one;
    // the others are left to the other member.
    const heard = await hear(one, { types, maxInFlight: 1, handle });
    const all = range(1, 3).flatMap((n) => types.map((each) => event(2 * n + types.indexOf(each), each)));
    for (const each of all) await one.publish(each);
    await eventually(() => expect(heard.ids()).toHaveLength(1));
    const rest = await hear(other, { types, handle });
    await eventually(() => expect(rest.ids()).toHaveLength(4));
    await eventually(() => expect(finished).toBe(all.length));
    // A second delivery would begin before a handler that began now could end.
    expect([...heard.ids(), ...rest.ids()].sort()).toEqual(all.map(({ id }) => id).sort());
  },

  async growingPause({ connect, event, hear }) {
    const bus = await connect();
    const heard = await hear(bus, {
      async handle({ attempt }) {
        if (attempt < 6) throw new Error('not yet');
      },
    });
    await bus.publish(event(1));
    await eventually(() => expect(heard.deliveries).toHaveLength(6));
    expect(heard.deliveries.map(({ attempt }) => attempt)).toEqual(range(1, 6));
    const pauses = heard.deliveries.slice(1).map(({ at }, index) => at - (heard.deliveries[index]?.at ?? 0));
    // What a pause is at least; a busy machine makes it longer.
    for (const [index, least] of [75, 150, 300, 600, 1_200].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(least - 5);
    }
    expect(heard.letters).toEqual([]);
  },

  async othersFlowOn({ connect, event, hear }) {
    const bus = await connect();
    const heard = await hear(bus, {
      maxInFlight: 1,
      async handle(delivery) {
        if (idOf(delivery) === event(1).id) throw new Error('never');
      },
    });
    for (const n of range(1, 30)) await bus.publish(event(n));
    await eventually(() => expect(new Set(heard.ids()).size).toBe(30));
    expect(heard.letters).toEqual([]);
  },

  async givenUp({ connect, event, hear }) {
    const bus = await connect();
    const heard = await hear(bus, {
      maxAttempts: 3,
      async handle(delivery) {
        if (idOf(delivery) === event(1).id) throw new Error(`failed ${delivery.attempt}`);
      },
    });
    await bus.publish(event(1));
    await bus.publish(event(2));
    await eventually(() => expect(heard.letters).toHaveLength(1));
    expect(heard.letters[0]).toMatchObject({ message: event(1), attempt: 3 });
    expect(heard.letters[0]?.error).toEqual(new Error('failed 3'));
    expect(heard.ids().filter((id) => id === event(1).id)).toHaveLength(3);
    expect(heard.ids()).toContain(event(2).id);
    await bus.stopConsuming();
    await bus.close();

    const next = await connect();
    const rest = await hear(next);
    await next.publish(event(3));
    await eventually(() => expect(rest.ids()).toEqual([event(3).id]));
  },

  async poison({ connect, event, hear }) {
    const bus = await connect();
    const heard = await hear(bus, {
      isPoison: (error) => error instanceof TypeError,
      async handle() {
        throw new TypeError('not an event');
      },
    });
    await bus.publish(event(1));
    await eventually(() => expect(heard.letters).toHaveLength(1));
    expect(heard.letters[0]).toMatchObject({ attempt: 1 });
    expect(heard.deliveries).toHaveLength(1);
  },

  async notKept({ connect, event, hear }) {
    const bus = await connect();
    let storeIsAway = true;
    const kept: DeadLetter[] = [];
    const heard = await hear(bus, {
      maxAttempts: 1,
      async handle() {
        throw new Error('never');
      },
      async giveUp(letter) {
        if (storeIsAway) {
          storeIsAway = false;
          throw new Error('the store is away');
        }
        kept.push(letter);
      },
    });
    await bus.publish(event(1));
    await eventually(() => expect(kept).toHaveLength(1));
    expect(heard.deliveries.length).toBeGreaterThan(1);
  },

  async memberDies({ connect, event, hear, hold }) {
    const member = await hold();
    const bus = await connect();
    for (const n of range(1, 3)) await bus.publish(event(n));
    await eventually(() => expect(member.holds).toHaveLength(3));
    const heard = await hear(bus);
    await bus.publish(event(4));
    expect(heard.ids()).not.toContain(event(1).id);
    await member.kill();
    await eventually(() => expect(heard.ids().sort()).toEqual(range(1, 4).map((n) => event(n).id)));
  },

  async memberHangs({ connect, event, hear, hold }) {
    const member = await hold();
    const bus = await connect();
    await bus.publish(event(1));
    await eventually(() => expect(member.holds).toEqual([event(1).id]));
    member.freeze();
    const heard = await hear(bus);
    await eventually(() => expect(heard.ids()).toEqual([event(1).id]));
  },

  async consumerRestarts({ connect, event, hear }) {
    const publisher = await connect();
    const bus = await connect();
    const heard = await hear(bus);
    await publisher.publish(event(1));
    await eventually(() => expect(heard.ids()).toEqual([event(1).id]));
    await bus.stopConsuming();
    await bus.close();
    await publisher.publish(event(2));
    const again = await hear(await connect());
    await publisher.publish(event(3));
    await eventually(() => expect(again.ids().sort()).toEqual([event(2).id, event(3).id]));
  },

  async serverRestarts({ broker, connect, event, hear }) {
    const bus = await connect();
    const held = door();
    const heard = await hear(bus, {
      async handle(delivery) {
        if (idOf(delivery) === event(1).id) await held.opened;
      },
    });
    await bus.publish(event(1));
    await bus.publish(event(2));
    await eventually(() => expect(heard.ids().sort()).toEqual([event(1).id, event(2).id]));
    for (const n of range(3, 4)) {
      await broker.kill();
      await eventually(() => expect(bus.state).toBe('disconnected'));
      await broker.restart();
      await connected(bus);
      await bus.publish(event(n));
      await eventually(() => expect(heard.ids()).toContain(event(n).id));
    }
    held.open();
    await bus.stopConsuming();
    await bus.close();
    // What was handled while the server was away may come again; what is new comes for certain.
    const next = await connect();
    const rest = await hear(next);
    await next.publish(event(5));
    await eventually(() => expect(rest.ids()).toContain(event(5).id));
  },

  async startsWithoutServer({ broker, connect, event, hear }) {
    await broker.kill();
    const bus = await connect();
    expect(bus.state).toBe('disconnected');
    const hearing = hear(bus);
    await broker.restart();
    await connected(bus);
    const heard = await hearing;
    await bus.publish(event(1));
    await eventually(() => expect(heard.ids()).toEqual([event(1).id]));
  },

  async stops({ connect, event, hear }) {
    const bus = await connect();
    const end = door();
    const finished: string[] = [];
    const heard = await hear(bus, {
      async handle(delivery) {
        await end.opened;
        finished.push(idOf(delivery));
      },
    });
    await bus.publish(event(1));
    await eventually(() => expect(heard.ids()).toEqual([event(1).id]));
    const stopping = watch(bus.stopConsuming());
    await bus.publish(event(2));
    expect(stopping.state).toBe('pending');
    end.open();
    await stopping.ended;
    expect(finished).toEqual([event(1).id]);
    await bus.publish(event(3));

    // What was finished was acknowledged; what came afterwards waits for somebody else.
    const other = await connect();
    const rest = await hear(other);
    await eventually(() => expect(rest.ids().sort()).toEqual([event(2).id, event(3).id]));
    expect(heard.ids()).toEqual([event(1).id]);
    await expect(hear(bus)).rejects.toThrow(BusUnavailable);
  },

  async stopsSubscribing({ broker, connect, hear }) {
    await broker.kill();
    const [one, other] = await Promise.all([connect(), connect()]);
    const waiting = [watch(hear(one)), watch(hear(other))];
    await one.stopConsuming();
    await other.close();
    for (const { ended } of waiting) await ended;
    for (const { error } of waiting) expect(error).toBeInstanceOf(BusUnavailable);
  },
};

let stages = 0;

const setStage = (broker: Broker) => {
  stages += 1;
  const run = `${process.pid}-${stages}`;
  const group = `group-${run}`;
  const ticket = z.object({ id: z.string(), version: z.int() });
  const buses: EventBus[] = [];
  const members: HoldingMember[] = [];
  const stage: Stage = {
    broker,
    group,
    type: `ticket:${run}`,
    async connect(tuning) {
      const bus = await broker.connect(tuning);
      buses.push(bus);
      return bus;
    },
    async hold() {
      const member = await broker.hold(group, stage.type);
      members.push(member);
      return member;
    },
    event: (n, type = stage.type) =>
      envelope(
        defineEvent(type, 'ticket', ticket),
        { id: `${n}`.padStart(3, '0'), version: 0 },
        { source: 'conformance', time: new Date(0) },
      ),
    async hear(bus, { handle, giveUp, ...how } = {}) {
      const heard: Heard = {
        deliveries: [],
        letters: [],
        ids: () => heard.deliveries.map(idOf),
      };
      await bus.subscribe({
        queueGroup: group,
        types: [stage.type],
        async handle(delivery) {
          heard.deliveries.push({ ...delivery, at: performance.now() });
          await handle?.(delivery);
        },
        async giveUp(letter) {
          await giveUp?.(letter);
          heard.letters.push(letter);
        },
        ...how,
      });
      return heard;
    },
  };
  return {
    stage,
    async clear() {
      await broker.restart();
      broker.thaw();
      await Promise.all([...members.map((member) => member.kill()), ...buses.map((bus) => bus.close())]);
    },
  };
};

/** Generous: a test waits for conditions, and this only ends one whose condition never comes. */
const TIMEOUT_MS = 120_000;

/** Holds an adapter, on a real server, to everything it promises. */
export const keepsItsPromises = (adapter: Adapter, start: () => Promise<Broker>): void => {
  let broker: Broker;
  let clear: () => Promise<void>;

  beforeAll(async () => {
    broker = await start();
  }, TIMEOUT_MS);
  afterEach(() => clear(), TIMEOUT_MS);
  afterAll(() => broker.stop(), TIMEOUT_MS);

  const kept = promiseIds.filter((id) => isKeptBy(id, adapter));
  describe.each([...new Set(kept.map((id) => promises[id].about))])('%s', (about) => {
    it.each(kept.filter((id) => promises[id].about === about).map((id) => ({ id, says: promises[id].says })))(
      '$says',
      async ({ id }) => {
        const set = setStage(broker);
        clear = set.clear;
        await tests[id](set.stage);
      },
      TIMEOUT_MS,
    );
  });
};
