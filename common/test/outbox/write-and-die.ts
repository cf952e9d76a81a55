/**
 * A process that saves a seat and is killed (SIGKILL) when its relay comes to publish the event: before the broker has
 * it, or after, and then before it is removed from the outbox.
 *
 *     node --import tsx write-and-die.ts <mongo url> <seat id> before|after
 */
import { ticketCreated } from '../../src/events/index.ts';
import { aSeat, seatStore, watchedConnection } from './seats.ts';

const [url = '', id = '', when = 'before'] = process.argv.slice(2);

const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('still alive');
};

const mongo = await watchedConnection(url);
const seats = seatStore(mongo, {
  pollMs: 60_000,
  bus: {
    async publish() {
      if (when === 'before') die();
    },
  },
  onPublished: die,
});
await seats.model.createCollection();
await seats.model.createIndexes();
seats.relay.start();
await seats.insert(aSeat({ id, title: 'Written before the crash' }), ticketCreated);
