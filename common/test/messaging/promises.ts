/**
 * What a broker and its adapter promise: a declaration without tests, so that the README's table can be made from it.
 * `conformance.ts` has a test for each, and runs it against every adapter that keeps it.
 */
export const adapters = ['nats-streaming', 'jetstream', 'memory'] as const;
export type Adapter = (typeof adapters)[number];

interface BusPromise {
  readonly about: string;
  readonly says: string;
  /** All, if not given. */
  readonly keptBy?: readonly Adapter[];
}

const real: readonly Adapter[] = ['nats-streaming', 'jetstream'];

export const promises = {
  storedWhenResolved: {
    about: 'Publishing',
    says: 'an event whose publishing has resolved is delivered, even if the server is killed in the same moment',
  },
  rejectsWhileAway: { about: 'Publishing', says: 'while the server is away, publishing rejects' },
  rejectsWhenLost: {
    about: 'Publishing',
    says: 'publishing that is pending when the connection is lost rejects',
  },
  rejectsWhenClosed: {
    about: 'Publishing',
    says: 'publishing that is pending when the bus is closed rejects',
  },
  boundedPublishing: {
    about: 'Publishing',
    says: 'only so many events are on their way to the server, only so many wait behind them, and more are refused',
    keptBy: real,
  },
  tooLarge: {
    about: 'Publishing',
    says: 'an event too large for the server is refused, and others go on being published',
  },

  fromTheOldest: { about: 'Delivery', says: 'a new queue group begins with the oldest event' },
  newTypeFromTheOldest: {
    about: 'Delivery',
    says: 'a type of event that a queue group hears for the first time begins with its oldest event',
  },
  everyGroup: { about: 'Delivery', says: 'every queue group gets every event' },
  oneMember: { about: 'Delivery', says: 'one member of a queue group gets each event' },
  boundedInFlight: { about: 'Delivery', says: 'only so many events are handled at once' },
  readyWhenActive: {
    about: 'Delivery',
    says: 'subscribing says ready only when it is: not while the server is away, and what is published then arrives',
  },
  notJson: { about: 'Delivery', says: 'what is not JSON is handed over as the text it is' },
  slowHandler: {
    about: 'Delivery',
    says: 'while a handler takes longer than the server waits, its member does not start it a second time',
    keptBy: real,
  },
  slowHandlerKeeps: {
    about: 'Delivery',
    says: 'while a handler takes longer than the server waits, no other member starts it either',
    keptBy: ['jetstream'],
  },

  growingPause: {
    about: 'Failure',
    says: 'an event whose handler fails is tried again, after pauses that grow',
  },
  othersFlowOn: { about: 'Failure', says: 'the events behind one that fails do not wait for it' },
  givenUp: {
    about: 'Failure',
    says: 'an event that keeps failing is given up after a bounded number of tries, and never comes again',
  },
  poison: { about: 'Failure', says: 'an event that can never succeed is given up at its first try' },
  notKept: { about: 'Failure', says: 'an event that could not be kept as a dead letter comes again' },

  memberDies: {
    about: 'Restarts',
    says: 'what a member had not finished when it was killed goes to another member',
  },
  memberHangs: {
    about: 'Restarts',
    says: 'what a member had not finished when it hung goes to another member',
  },
  consumerRestarts: {
    about: 'Restarts',
    says: 'a queue group goes on where it stopped when its members were gone for a while',
  },
  serverRestarts: {
    about: 'Restarts',
    says: 'when a killed server comes back, publishing and consuming resume by themselves, and nothing is lost',
  },
  startsWithoutServer: {
    about: 'Restarts',
    says: 'a bus can be had while the server is away, and connects by itself when it comes',
  },

  stops: {
    about: 'Stopping',
    says: 'stopping lets running handlers finish, takes no more, and publishing still works',
  },
  stopsSubscribing: {
    about: 'Stopping',
    says: 'a subscription that waits for the server rejects when the bus stops or is closed',
  },
} as const satisfies Record<string, BusPromise>;

export type PromiseId = keyof typeof promises;

export const promiseIds = Object.keys(promises) as PromiseId[];

export const isKeptBy = (id: PromiseId, adapter: Adapter): boolean => {
  const promise: BusPromise = promises[id];
  return (promise.keptBy ?? adapters).includes(adapter);
};
