/** A consumer in a process of its own whose effect is durable: see `hundred-thousand.ts`. */
import { setImmediate as soon } from 'node:timers/promises';
import mongoose from 'mongoose';
import { type TicketState, ticketUpdated } from '../../src/events/index.ts';
import { on, react } from '../../src/messaging/index.ts';
import { type Address, connectTo } from './address.ts';

const { address, mongoUrl }: { address: Address; mongoUrl: string } = JSON.parse(process.argv[2] ?? '');
process.once('disconnect', () => process.exit());
let dying = false;
process.once('message', () => {
  dying = true;
});

const mongo = await mongoose.createConnection(mongoUrl).asPromise();
const tickets = mongo.collection<{ _id: string; sold: number; versions: number[] }>('tickets');
const seen = { applied: 0, repeated: 0 };

/** Sales that came in the same moment; they are written together, and none is acknowledged before that. */
let batch: Promise<void> | undefined;
let sales: TicketState[] = [];

/** Adds one, which is not idempotent, for each version it has not seen, which makes it so; in one write each. */
const writeSales = async (): Promise<void> => {
  await soon();
  const now = sales;
  batch = undefined;
  sales = [];
  const { modifiedCount } = await tickets.bulkWrite(
    now.map(({ id, version }) => ({
      updateOne: {
        filter: { _id: id, versions: { $ne: version } },
        update: { $inc: { sold: 1 }, $push: { versions: version } },
      },
    })),
    { ordered: false },
  );
  if (dying) process.kill(process.pid, 'SIGKILL');
  seen.applied += modifiedCount;
  seen.repeated += now.length - modifiedCount;
};

const sellOne = (ticket: TicketState): Promise<void> => {
  sales.push(ticket);
  batch ??= writeSales();
  return batch;
};

await react({
  bus: await connectTo(address, 'effects'),
  queueGroup: 'effects',
  reactions: [on(ticketUpdated, sellOne)],
  deadLetters: {
    async keep({ error }) {
      throw error;
    },
  },
});
setInterval(() => process.send?.(seen), 50);
