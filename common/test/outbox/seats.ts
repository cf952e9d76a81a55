/** An aggregate to try the outbox with: a seat that people put a price on. */
import { type Connection, Schema, Types } from 'mongoose';
import { type CloudEvent, type TicketState, ticketCreated, ticketUpdated } from '../../src/events/index.ts';
import {
  aggregateSchema,
  aggregateStore,
  createRelay,
  type Relay,
  type RelayOptions,
} from '../../src/outbox/index.ts';
import { connectMongo } from '../../src/store/index.ts';
import { newId } from '../../src/testing/index.ts';

export interface Seat {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly cents: number;
  readonly place?: string | undefined;
  readonly startsAt?: Date | undefined;
  readonly holder?: { readonly name: string; readonly orderId?: string | undefined } | undefined;
  /** Kept whole, whatever it is. */
  readonly notes?: object | undefined;
}

const SELLER = newId();

const toPublic = (seat: Seat): TicketState => ({
  id: seat.id,
  version: seat.version,
  userId: SELLER,
  title: seat.title,
  price: { amount: seat.cents, currency: 'usd' },
  listed: true,
  status: 'on sale',
  ...(seat.place === undefined ? {} : { place: seat.place }),
});

export const aSeat = (given: Partial<Seat> = {}): Seat => ({
  id: newId(),
  version: 0,
  title: 'Row 1',
  cents: 1_000,
  ...given,
});

const seatSchema = () =>
  aggregateSchema({
    title: { type: String, required: true },
    cents: { type: Number, required: true },
    place: { type: String },
    startsAt: { type: Date },
    holder: { name: { type: String }, orderId: { type: String } },
    notes: { type: Schema.Types.Mixed },
    index: { words: { type: [String], default: undefined } },
  });

/**
 * A relay and a store of seats, as a service has them. The relay is not started.
 * @param options of the relay; or a relay that there is
 * @param beforeUpdate what happens just before an update is sent
 */
export const seatStore = (
  mongo: Connection,
  options: RelayOptions & { readonly relay?: Relay },
  beforeUpdate?: () => Promise<void>,
) => {
  const relay = options.relay ?? createRelay(options);
  const seats = aggregateStore<Seat, typeof ticketCreated | typeof ticketUpdated>({
    mongo,
    name: 'seats',
    schema: seatSchema(),
    source: 'box-office',
    toPublic,
    toIndex: (seat) => ({ words: seat.title.split(' ') }),
    relay,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });

  if (beforeUpdate !== undefined) {
    const { collection } = seats.model;
    const updateOne = collection.updateOne.bind(collection);
    collection.updateOne = async (...given: Parameters<typeof updateOne>) => {
      await beforeUpdate();
      return updateOne(...given);
    };
  }

  /** What is really in the database. */
  const raw = async (id: string): Promise<Record<string, unknown>> => {
    const document = await seats.model.collection.findOne({ _id: new Types.ObjectId(id) });
    return document ?? {};
  };

  /** Events that stand in outboxes. */
  const standing = async (): Promise<CloudEvent[]> => {
    const documents = await seats.model.collection.find({ 'outbox.0': { $exists: true } }).toArray();
    return documents.flatMap((document): CloudEvent[] => document.outbox);
  };

  /** Documents as a crash, or a broker that was away, leaves them behind: saved, and nothing of them published. */
  const leaveBehind = async (documents: number, eventsEach = 1, title = 'Row 1'): Promise<void> => {
    const time = Date.now() - 60_000;
    const left = Array.from({ length: documents }, (_, index) => {
      const seat = aSeat({ version: eventsEach - 1, title });
      const outbox = Array.from({ length: eventsEach }, (_, version) => ({
        specversion: '1.0',
        id: `ticket/${seat.id}@${version}`,
        source: 'box-office',
        type: version === 0 ? ticketCreated.type : ticketUpdated.type,
        subject: seat.id,
        time: new Date(time + index + version).toISOString(),
        datacontenttype: 'application/json',
        data: toPublic({ ...seat, version }),
      }));
      return {
        _id: new Types.ObjectId(seat.id),
        version: seat.version,
        title: seat.title,
        cents: seat.cents,
        outbox,
      };
    });
    await seats.model.collection.insertMany(left);
  };

  return { ...seats, relay, raw, standing, leaveBehind };
};

export type SeatStore = ReturnType<typeof seatStore>;

/** A connection that tells of the commands it sends and of what comes back. */
export const watchedConnection = (url: string): Promise<Connection> =>
  connectMongo(url, 'long work', { monitorCommands: true });
