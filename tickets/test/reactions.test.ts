import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { NotFound } from '@ticketing/common/errors';
import { type OrderState, type TicketState, ticketCreated, ticketUpdated } from '@ticketing/common/events';
import {
  eventually,
  everyOrder,
  type Listener,
  listenTo,
  newId,
  testDatabaseUrl,
} from '@ticketing/common/testing';
import { Types } from 'mongoose';
import {
  anOffer,
  anOrderOf,
  orderEvent,
  person,
  sessions,
  shuffled,
  startTickets,
  type TicketsService,
} from './tickets-service.ts';

// Hundreds of requests and real commits to disk: slow on a busy machine, and never a matter of luck.
jest.setTimeout(120_000);

const MONGO_URL = testDatabaseUrl();
let service: TicketsService;
let replica: TicketsService;
let told: Listener;

beforeAll(async () => {
  service = await startTickets({ config: { MONGO_URL } });
  told = await listenTo(service.bus, ticketCreated, ticketUpdated);
});
afterAll(() => service.end());

/** What everybody sees of a ticket. */
const show = async (id: string) => (await service.visitor.get(`/api/tickets/${id}`)).body;

/** Everything that was said of a ticket, by version; each version once, however often it was published. */
const history = async (id: string): Promise<TicketState[]> => {
  const { version } = await show(id);
  return eventually(() => {
    const states = new Map(told.about(id).map(({ data }) => [data.version, data as TicketState]));
    const all = Array.from({ length: version + 1 }, (_, each) => states.get(each));
    return all.map((state, each) => {
      if (state === undefined) throw new Error(`version ${each} of ${version} was not told`);
      return state;
    });
  });
};

const twice = <T>(things: readonly T[]): T[] => [...things, ...things];

/** Two orders of a ticket, one after the other; the second is the one that counts. */
const twoOrdersOf = (ticketId: string) => {
  const first = anOrderOf(ticketId, { holdSequence: 1 });
  const second = anOrderOf(ticketId, { holdSequence: 2 });
  return { first, second };
};

const stories: [string, (id: string) => OrderState[], object][] = [
  [
    'an order that ran out, then one that was paid',
    (id) => {
      const { first, second } = twoOrdersOf(id);
      return [first.reserved, first.cancelled, second.reserved, second.completed];
    },
    { status: 'sold', orderId: expect.any(String) },
  ],
  [
    'an order that ran out, then one that awaits payment',
    (id) => {
      const { first, second } = twoOrdersOf(id);
      return [first.reserved, first.cancelled, second.reserved];
    },
    { status: 'reserved', orderId: expect.any(String) },
  ],
  [
    'two orders that ran out',
    (id) => {
      const { first, second } = twoOrdersOf(id);
      return [first.reserved, first.cancelled, second.reserved, second.cancelled];
    },
    { status: 'on sale' },
  ],
  [
    'an order that was completed and could not be captured',
    (id) => {
      const { first } = twoOrdersOf(id);
      return [first.reserved, first.completed, first.refused];
    },
    { status: 'on sale' },
  ],
];

describe('a ticket hears of its orders', () => {
  it.each(stories)('twice and in every order, one by one: %s', async (_story, story, ending) => {
    const seller = service.somebody();
    const orders = everyOrder([0, 1, 2, 3].slice(0, story(newId()).length));
    const lives = await Promise.all(
      orders.map(async (order) => {
        const { id } = await seller.sells();
        const events = story(id);
        return { id, last: events.at(-1)?.id, events: order.map((index) => events[index] as OrderState) };
      }),
    );
    // The events of one ticket strictly one after the other, those of all tickets side by side.
    for (const step of orders[0]?.keys() ?? []) {
      await service.hears(...lives.flatMap(({ events }) => twice(events.slice(step, step + 1))));
    }
    for (const { id, last } of lives) {
      const ticket = await show(id);
      expect(ticket).toMatchObject(ending);
      expect(ticket.orderId).toBe('orderId' in ending ? last : undefined);
    }
  });

  it.each(stories)('twice and all at once: %s', async (_story, story, ending) => {
    const seller = service.somebody();
    const ids = await Promise.all(Array.from({ length: 12 }, async () => (await seller.sells()).id));
    await service.hears(...shuffled(ids.flatMap((id) => twice(story(id)))));
    for (const id of ids) {
      const ticket = await show(id);
      expect(ticket).toMatchObject({ status: (ending as { status: string }).status });
      // A version for each change and none for what was late or repeated.
      expect(ticket.version).toBeLessThanOrEqual(story(id).length);
    }
  });

  it('and no late word of an older order frees what somebody else holds by now', async () => {
    const { id } = await service.somebody().sells();
    const { first, second } = twoOrdersOf(id);
    await service.hears(first.reserved);
    await service.hears(second.reserved);
    const held = await show(id);
    expect(held).toMatchObject({ status: 'reserved', orderId: second.reserved.id, version: 2 });
    await service.hears(first.cancelled, first.completed, first.refused, first.reserved);
    expect(await show(id)).toEqual(held);
    await service.hears(second.completed);
    await service.hears(second.reserved, first.cancelled);
    expect(await show(id)).toMatchObject({ status: 'sold', orderId: second.reserved.id, version: 3 });
  });

  it('also when it is withdrawn, and withdrawn it is again if the order ends unpaid', async () => {
    const seller = service.somebody();
    const { id } = await seller.sells();
    const { first } = twoOrdersOf(id);
    await seller.delete(`/api/tickets/${id}`).expect(204);
    await service.visitor.get(`/api/tickets/${id}`).expect(404);

    await service.hears(first.reserved);
    expect(await show(id)).toMatchObject({ status: 'reserved', orderId: first.reserved.id });
    await service.hears(first.cancelled);
    await service.visitor.get(`/api/tickets/${id}`).expect(404);
    expect((await seller.get(`/api/tickets/${id}`)).body).toMatchObject({ status: 'withdrawn', version: 3 });
  });

  it('and says so each time, in the state that everybody sees', async () => {
    const seller = service.somebody();
    const { id } = await seller.sells();
    const { first } = twoOrdersOf(id);
    await service.hears(first.reserved);
    await service.hears(first.reserved);
    await service.hears(first.completed);
    const states = await history(id);
    expect(states.map(({ version, status }) => [version, status])).toEqual([
      [0, 'on sale'],
      [1, 'reserved'],
      [2, 'sold'],
    ]);
    expect(states.at(-1)?.orderId).toBe(first.reserved.id);
  });

  it('and says so again to whoever repeats what it has followed, as its word may have been lost', async () => {
    const { id } = await service.somebody().sells();
    const { first } = twoOrdersOf(id);
    await service.hears(first.reserved);
    await service.hears(first.cancelled);
    await history(id);
    // It was told once more, and a broker has lost that, too.
    const stored = service.deps.mongo.collection('tickets');
    await stored.updateOne({ _id: new Types.ObjectId(id) }, { $unset: { republishAt: 1 } });
    const times = () => told.about(id).filter(({ data }) => data.version === 2).length;
    const before = times();
    await service.hears(first.cancelled);
    await eventually(() => expect(times()).toBeGreaterThan(before));
  });

  it('but of a ticket that is not here somebody has to look at what was lost', async () => {
    const [reaction] = service.parts.reactions ?? [];
    const event = orderEvent(anOrderOf(newId()).reserved);
    await expect(reaction?.admit(event).react()).rejects.toThrow(NotFound);
  });

  it('and what is no such event is put aside, while those behind it take effect', async () => {
    const { id } = await service.somebody().sells();
    const { first } = twoOrdersOf(id);
    const before = await service.deps.mongo.collection('dead_letters').countDocuments();
    service.broker.store('order:created', 'not even JSON');
    service.broker.store('order:created', JSON.stringify({ ...orderEvent(first.reserved), data: { id } }));
    await service.hears(first.reserved);
    expect(await show(id)).toMatchObject({ status: 'reserved' });
    await eventually(async () =>
      expect(await service.deps.mongo.collection('dead_letters').countDocuments()).toBe(before + 2),
    );
  });
});

describe('an edit and a reservation that race', () => {
  it('come one after the other: no edit is ever saved while a buyer holds the ticket', async () => {
    const seller = service.somebody();
    const round = async (index: number) => {
      const { id } = await seller.sells({ title: 'Before' });
      const { first } = twoOrdersOf(id);
      let accepted = 0;
      let refused = 0;
      /** Edits again and again until it is told to stop. */
      const editor = async (name: string) => {
        for (let edits = 0; ; edits += 1) {
          const { status, body } = await seller.put(
            `/api/tickets/${id}`,
            anOffer({ title: `${name} ${edits}` }),
          );
          if (status === 200) {
            accepted += 1;
            // What was answered was never a ticket that somebody held.
            expect(body).toMatchObject({ status: 'on sale', title: `${name} ${edits}` });
          } else {
            expect([status, body.errors[0].code]).toEqual([400, 'ticket_reserved']);
            refused += 1;
            return;
          }
        }
      };
      // In some rounds at once, in others in the midst of edits.
      const reservation = async () => {
        await eventually(() => expect(accepted).toBeGreaterThanOrEqual(index % 4));
        await pause(randomInt(10));
        await service.bus.publish(orderEvent(first.reserved));
      };
      await Promise.all([editor('A'), editor('B'), reservation()]);

      const states = await history(id);
      const taken = states.findIndex(({ status }) => status === 'reserved');
      expect(states.length).toBe(accepted + 2);
      expect(taken).toBe(states.length - 1);
      // The title a buyer agreed to is the one that stands.
      expect(states[taken]?.title).toBe(states[taken - 1]?.title);
      return { accepted, refused };
    };
    for (let batch = 0; batch < 8; batch += 1) {
      const rounds = await Promise.all(Array.from({ length: 8 }, (_, index) => round(index)));
      for (const { refused } of rounds) expect(refused).toBe(2);
    }
  });

  it('so do a withdrawal and a reservation: either it is refused, or the ticket stays withdrawn at the end', async () => {
    const seller = service.somebody();
    const outcomes = new Set<number>();
    const round = async (index: number) => {
      const { id } = await seller.sells();
      const { first } = twoOrdersOf(id);
      const [{ status }] = await Promise.all([
        pause(randomInt(4)).then(() => seller.delete(`/api/tickets/${id}`)),
        pause(index % 2 === 0 ? 0 : randomInt(8)).then(() => service.bus.publish(orderEvent(first.reserved))),
      ]);
      outcomes.add(status);
      expect([204, 400]).toContain(status);
      await eventually(async () => expect(await show(id)).toMatchObject({ status: 'reserved' }));
      await service.bus.publish(orderEvent(first.cancelled));
      await eventually(async () => {
        const { body } = await seller.get(`/api/tickets/${id}`);
        expect(body.status).toBe(status === 204 ? 'withdrawn' : 'on sale');
      });
    };
    // Many rounds, and on until either has come first at least once.
    for (let batch = 0; batch < 10 || (outcomes.size < 2 && batch < 100); batch += 1) {
      await Promise.all(Array.from({ length: 5 }, (_, index) => round(index)));
    }
    expect([...outcomes].sort()).toEqual([204, 400]);
  });
});

describe('two replicas of the service', () => {
  beforeAll(async () => {
    replica = await startTickets({ broker: service.broker, config: { MONGO_URL } });
  });
  afterAll(async () => {
    await replica.bus.close();
    await replica.stop();
  });

  const consumed = async () => [await service.consumed(), await replica.consumed()] as const;
  const sum = (counts: readonly number[]) => counts.reduce((all, each) => all + each, 0);

  it('share the work, and every ticket ends up as its newest order says', async () => {
    const seller = service.somebody();
    const ids = await Promise.all(Array.from({ length: 40 }, async () => (await seller.sells()).id));
    const events = ids.flatMap((id, index) => {
      const { first, second } = twoOrdersOf(id);
      const ending = index % 2 === 0 ? second.completed : second.cancelled;
      return twice([first.reserved, first.cancelled, second.reserved, ending]);
    });
    const before = await consumed();
    await Promise.all(shuffled(events).map((order) => service.bus.publish(orderEvent(order))));
    await eventually(async () => expect(sum(await consumed())).toBe(sum(before) + events.length));

    const after = await consumed();
    for (const [index, count] of after.entries()) expect(count).toBeGreaterThan(before[index] ?? 0);
    for (const [index, id] of ids.entries()) {
      expect(await show(id)).toMatchObject({ status: index % 2 === 0 ? 'sold' : 'on sale' });
      // Every version was told by one or the other, none left out.
      expect((await history(id)).map(({ version }) => version)).toEqual([...(await history(id)).keys()]);
    }
  });

  it('let one seller edit at both at once, and no edit is lost', async () => {
    const user = sessions.user();
    const [here, there] = [person(service.url, user), person(replica.url, user)];
    const { id } = await here.sells();
    const edits = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? here : there).put(`/api/tickets/${id}`, anOffer({ title: `Edit ${index}` })),
      ),
    );
    expect(edits.map(({ status }) => status)).toEqual(edits.map(() => 200));
    expect(edits.map(({ body }) => body.version).sort((a, b) => a - b)).toEqual(
      edits.map((_, index) => index + 1),
    );
    const states = await history(id);
    expect(new Set(states.slice(1).map(({ title }) => title)).size).toBe(20);
  });
});
