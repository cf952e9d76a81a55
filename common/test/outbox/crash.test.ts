import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ticketCreated } from '../../src/events/index.ts';
import { connectMemory, MemoryBroker } from '../../src/messaging/memory/index.ts';
import { eventually, listenTo, newId, type TestDatabase, testDatabase } from '../../src/testing/index.ts';
import { seatStore } from './seats.ts';

/** How a process ended that saved a seat. */
const writeAndDie = async (url: string, id: string, when: 'before' | 'after'): Promise<string | null> => {
  const file = fileURLToPath(new URL('./write-and-die.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, url, id, when], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [, signal] = await once(child, 'exit');
  return signal;
};

describe('a process killed between saving and publishing', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await testDatabase();
  });

  afterEach(async () => {
    await database.end();
  });

  it.each(['before', 'after'] as const)(
    'loses no event: the next one publishes it (killed %s the broker had it)',
    async (when) => {
      const id = newId();
      expect(await writeAndDie(database.url, id, when)).toBe('SIGKILL');

      const bus = connectMemory({ broker: new MemoryBroker() });
      const listener = await listenTo(bus, ticketCreated);
      const seats = seatStore(database.mongo, { bus, pollMs: 20 });
      expect(await seats.find(id)).toMatchObject({ version: 0, title: 'Written before the crash' });
      expect((await seats.standing()).map((event) => event.id)).toEqual([`ticket/${id}@0`]);
      seats.relay.start();
      await eventually(() => {
        expect(listener.about(id)).toMatchObject([
          { data: { version: 0, title: 'Written before the crash' } },
        ]);
      });
      expect(await seats.relay.drain(10_000)).toBe(true);
      expect(await seats.standing()).toEqual([]);
      await bus.close();
    },
  );
});
