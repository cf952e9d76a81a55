import { createHash } from 'node:crypto';
import mongoose, { type Connection, Schema } from 'mongoose';
import type { Logger } from 'pino';
import { RateLimiterMemory, RateLimiterMongo, RateLimiterRes } from 'rate-limiter-flexible';
import { TooManyRequests } from '../errors/index.ts';
import type { Check, SessionUser } from '../http/index.ts';
import { networkOf } from './network.ts';

/** So many in so long. */
export interface Budget {
  /** Names the counter; budgets of the same name share it. */
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

export interface RateLimits {
  /**
   * Takes a point of somebody's budget.
   * @throws {TooManyRequests} with the whole seconds until there is one again, when none is left
   */
  take(budget: Budget, who: string): Promise<void>;
  /** Gives a point back: what it was taken for came to nothing, and through no fault of theirs. */
  giveBack(budget: Budget, who: string): Promise<void>;
  /** Gives everything back: a success ends a row of failures. */
  forgive(budget: Budget, who: string): Promise<void>;
  /** A row of a route table: so many requests from one address. */
  perAddress(budget: Budget): Check;
  /** A row of a route table, after `signedIn`: so many requests by one user. */
  perUser(budget: Budget): Check;
}

const COLLECTION = 'rate_limits';

const schema = new Schema(
  { key: { type: String, required: true }, points: { type: Number }, expire: { type: Date } },
  { versionKey: false, autoCreate: false, autoIndex: false },
);
schema.index({ key: 1 }, { unique: true });
schema.index({ expire: -1 }, { expireAfterSeconds: 0 });

/** Keys are hashed: an email or an address has no business in a counter, and a key has a bounded length. */
const keyOf = (who: string): string => createHash('sha256').update(who).digest('base64url');

const remembered = <T>(known: Map<string, T>, name: string, make: () => T): T => {
  const value = known.get(name) ?? make();
  known.set(name, value);
  return value;
};

/**
 * Limits shared by all replicas of a service, counted in its database. While the database is away, or cannot count,
 * each process counts for itself, so the limits hold, and nobody waits or is refused for want of a counter.
 * @param enabled `RATE_LIMITS`; off lifts every limit, for load tests, with a warning
 */
export const rateLimits = (mongo: Connection, enabled: boolean, logger: Logger): RateLimits => {
  mongo.model(COLLECTION, schema, COLLECTION);
  if (!enabled) logger.warn('RATE_LIMITS=off: nobody is limited; never run like this in production');
  const own = new Map<string, RateLimiterMemory>();
  const shared = new Map<string, RateLimiterMongo>();

  /** Counts for this process alone. */
  const ownLimiterOf = ({ name, points, seconds }: Budget): RateLimiterMemory =>
    remembered(own, name, () => new RateLimiterMemory({ keyPrefix: name, points, duration: seconds }));

  const sharedLimiterOf = (budget: Budget): RateLimiterMongo =>
    remembered(
      shared,
      budget.name,
      () =>
        new RateLimiterMongo({
          keyPrefix: budget.name,
          points: budget.points,
          duration: budget.seconds,
          // A counter decides nothing that could be lost: it waits for no majority, and for no disk.
          storeClient: mongo
            .getClient()
            .db(mongo.name, { readConcern: new mongoose.mongo.ReadConcern('local'), writeConcern: { w: 1 } }),
          tableName: COLLECTION,
          disableIndexesCreation: true,
          // Whoever has nothing left is refused without asking the database, so an attack costs it nothing.
          inMemoryBlockOnConsumed: budget.points + 1,
          insuranceLimiter: ownLimiterOf(budget),
        }),
    );

  /** A database that is known to be away is not asked: each question would wait for it as long as the request does. */
  const limiterOf = (budget: Budget): RateLimiterMongo | RateLimiterMemory =>
    mongo.readyState === mongoose.ConnectionStates.connected ? sharedLimiterOf(budget) : ownLimiterOf(budget);

  const take = async (budget: Budget, who: string): Promise<void> => {
    if (!enabled) return;
    try {
      await limiterOf(budget).consume(keyOf(who));
    } catch (rejected) {
      if (!(rejected instanceof RateLimiterRes)) throw rejected;
      throw new TooManyRequests(Math.max(1, Math.ceil(rejected.msBeforeNext / 1000)));
    }
  };

  return {
    take,
    async giveBack(budget, who) {
      if (enabled) await limiterOf(budget).reward(keyOf(who));
    },
    async forgive(budget, who) {
      if (enabled) await limiterOf(budget).delete(keyOf(who));
    },
    perAddress: (budget) => ({
      async run(request) {
        await take(budget, networkOf(request.ip ?? 'unknown'));
        return {};
      },
    }),
    perUser: (budget) => ({
      async run(request) {
        const user: SessionUser | undefined = request.currentUser;
        if (user === undefined) throw new Error('perUser stands after signedIn');
        await take(budget, user.id);
        return {};
      },
    }),
  };
};
