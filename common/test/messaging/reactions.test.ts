import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  InvalidEvent,
  type OrderState,
  orderCreated,
  type TicketState,
  ticketCreated,
} from '../../src/events/index.ts';
import {
  type DeadLetterStore,
  type EventBus,
  type FailedEvent,
  on,
  type Reactions,
  react,
} from '../../src/messaging/index.ts';
import { connectMemory, MemoryBroker } from '../../src/messaging/memory/index.ts';
import { anOrderState, aTicketState, eventOf } from '../../src/testing/builders.ts';
import { eventually } from '../../src/testing/eventually.ts';

describe('reacting to events', () => {
  let broker: MemoryBroker;
  let bus: EventBus;
  let letters: FailedEvent[];
  let deadLetters: DeadLetterStore;
  let counted: string[];

  beforeEach(() => {
    broker = new MemoryBroker();
    bus = connectMemory({ broker });
    letters = [];
    deadLetters = { keep: async (letter) => void letters.push(letter) };
    counted = [];
  });
  afterEach(() => bus.close());

  const reacting = (given: Pick<Reactions, 'reactions'> & Partial<Reactions>) =>
    react({
      bus,
      queueGroup: 'orders',
      deadLetters,
      metrics: {
        consumed: (type) => void counted.push(`consumed ${type}`),
        failed: (type) => void counted.push(`failed ${type}`),
        givenUp: (type) => void counted.push(`given up ${type}`),
      },
      ...given,
    });

  it('hands each event to its own use case, as the state it carries', async () => {
    const tickets: TicketState[] = [];
    const orders: OrderState[] = [];
    await reacting({
      reactions: [
        on(ticketCreated, async (ticket) => tickets.push(ticket)),
        on(orderCreated, async (order, event) => {
          expect(event.source).toBe('test');
          orders.push(order);
        }),
      ],
    });
    const ticket = aTicketState();
    const order = anOrderState();
    await bus.publish(eventOf(ticketCreated, ticket));
    await bus.publish(eventOf(orderCreated, order));
    await eventually(() => expect(counted).toHaveLength(2));
    expect(tickets).toEqual([ticket]);
    expect(orders).toEqual([order]);
    expect(counted.sort()).toEqual(['consumed order:created', 'consumed ticket:created']);
  });

  it('keeps a message that is not what its type promises as a dead letter, without trying it', async () => {
    const tickets: TicketState[] = [];
    await reacting({ reactions: [on(ticketCreated, async (ticket) => tickets.push(ticket))] });
    broker.store('ticket:created', 'not even JSON');
    broker.store('ticket:created', JSON.stringify({ ...eventOf(ticketCreated, aTicketState()), data: {} }));
    broker.store('ticket:created', JSON.stringify(eventOf(orderCreated, anOrderState())));
    await eventually(() => expect(letters).toHaveLength(3));
    expect(letters.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
    for (const { error, queueGroup } of letters) {
      expect(error).toBeInstanceOf(InvalidEvent);
      expect(queueGroup).toBe('orders');
    }
    expect(letters.map(({ message }) => message)).toContain('not even JSON');
    expect(tickets).toEqual([]);
  });

  it('tries a use case that fails again, and keeps the event as a dead letter when it keeps failing', async () => {
    await reacting({
      reactions: [
        on(ticketCreated, async () => {
          throw new Error('no database');
        }),
      ],
      maxAttempts: 3,
    });
    const event = eventOf(ticketCreated, aTicketState());
    await bus.publish(event);
    await eventually(() => expect(letters).toHaveLength(1));
    expect(letters[0]).toMatchObject({ message: event, attempt: 3, error: new Error('no database') });
    expect(counted).toEqual([
      ...Array.from({ length: 3 }, () => 'failed ticket:created'),
      'given up ticket:created',
    ]);
  });

  it('runs each use case inside what it is given, such as the trace of its event', async () => {
    const inside: string[] = [];
    await reacting({
      reactions: [on(ticketCreated, async () => inside.push('reacts'))],
      around: async (event, run) => {
        inside.push(`begins ${event.id}`);
        await run();
        inside.push('ends');
      },
    });
    const event = eventOf(ticketCreated, aTicketState());
    await bus.publish(event);
    await eventually(() => expect(inside).toEqual([`begins ${event.id}`, 'reacts', 'ends']));
  });

  it('refuses a table in which two rows answer the same event', async () => {
    const row = on(ticketCreated, async () => {});
    await expect(reacting({ reactions: [row, row] })).rejects.toThrow(TypeError);
  });
});
