import { describe, expect, it } from '@jest/globals';
import type { DeadLetter } from '../../src/messaging/index.ts';
import type { Incoming } from '../../src/messaging/nats-streaming/connection.ts';
import { Consumer } from '../../src/messaging/nats-streaming/consumer.ts';
import { silentLogger } from '../../src/messaging/silent-logger.ts';
import { eventually } from '../../src/testing/eventually.ts';

/** A member of a queue group that fails so many times, and the server that delivers to it. */
const member = async (failures: number) => {
  const tries: number[] = [];
  const letters: DeadLetter[] = [];
  let deliver: (incoming: Incoming) => void = () => {};
  const consumer = new Consumer(
    {
      queueGroup: 'orders',
      types: ['ticket:created'],
      async handle({ attempt }) {
        tries.push(attempt);
        if (tries.length <= failures) throw new Error('the store is away');
      },
      async giveUp(letter) {
        letters.push(letter);
      },
    },
    600,
    silentLogger,
  );
  await consumer.attach({
    async subscribe(_settings, receive) {
      deliver = receive;
      return { close: async () => {} };
    },
  });
  let acknowledged = 0;
  return {
    tries,
    letters,
    acknowledged: () => acknowledged,
    deliver: (redeliveries: number) =>
      deliver({
        channel: 'ticket:created',
        key: 'ticket:created 1',
        text: '{}',
        redeliveries,
        acknowledge: () => {
          acknowledged += 1;
        },
      }),
    stop: () => consumer.stop(),
  };
};

describe('the tries of an event over NATS Streaming', () => {
  it('go on where other members stopped', async () => {
    const second = await member(0);
    second.deliver(5);
    await eventually(() => expect(second.acknowledged()).toBe(1));
    expect(second.tries).toEqual([6]);
    await second.stop();
  });

  it('are never over with the first failure of this member, however long the event lay at busy ones', async () => {
    const idle = await member(1);
    idle.deliver(40);
    await eventually(() => expect(idle.tries).toEqual([9]));
    await idle.stop();
    expect(idle.letters).toEqual([]);
    expect(idle.acknowledged()).toBe(0);
  });
});
