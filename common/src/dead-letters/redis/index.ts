import type { Redis } from 'ioredis';
import { type Clock, systemClock } from '../../clock/index.ts';
import { type DeadLetters, describeError, type KeptLetter, letterId } from '../dead-letters.ts';

/** One write: a letter that was given up again between a look and its removal stays. */
const DROP = `
  if ARGV[2] ~= '' and redis.call('HGET', KEYS[2], 'lastAt') ~= ARGV[2] then return 0 end
  redis.call('ZREM', KEYS[1], ARGV[1])
  return redis.call('DEL', KEYS[2])
`;

const toLetter = (id: string, fields: Record<string, string>): KeptLetter | undefined => {
  const { queueGroup, type, message, error, attempts, firstAt, lastAt } = fields;
  if (queueGroup === undefined || type === undefined || message === undefined || error === undefined) {
    return undefined;
  }
  const at = (time: string | undefined) => new Date(time ?? 0);
  return {
    id,
    queueGroup,
    type,
    message: JSON.parse(message),
    error,
    attempts: Number(attempts),
    firstAt: at(firstAt),
    lastAt: at(lastAt),
  };
};

/**
 * Dead letters of a service that has a Redis and no Mongo: a hash each, and an index of them.
 * @param service whose they are; names the keys
 */
export const deadLettersInRedis = (
  commands: Redis,
  service: string,
  clock: Clock = systemClock,
): DeadLetters => {
  /** The ids of all letters, by when they were first given up. */
  const index = `${service}:dead_letters`;
  const keyOf = (id: string): string => `${index}:${id}`;

  const find = async (id: string): Promise<KeptLetter | undefined> =>
    toLetter(id, await commands.hgetall(keyOf(id)));

  return {
    async keep(letter) {
      const { queueGroup, type, message = null, error, attempt } = letter;
      const id = letterId(letter);
      const now = clock.now();
      const written = await commands
        .multi()
        .zadd(index, 'NX', now.getTime(), id)
        .hsetnx(keyOf(id), 'firstAt', now.toISOString())
        .hset(keyOf(id), {
          queueGroup,
          type,
          message: JSON.stringify(message),
          error: describeError(error),
          attempts: attempt,
          lastAt: now.toISOString(),
        })
        .exec();
      // The broker forgets the message next: whatever went wrong with a part of it must not pass.
      for (const [failure] of written ?? [[new Error('Redis did not keep the letter')]])
        if (failure) throw failure;
    },

    /** NaN while Redis is away: metrics do not wait for it. */
    count: async () => (commands.status === 'ready' ? commands.zcard(index) : Number.NaN),

    async list(limit) {
      const ids = await commands.zrange(index, 0, limit - 1);
      const letters = await Promise.all(ids.map(find));
      return letters.flatMap((letter) => letter ?? []);
    },

    async *ids() {
      // At once: Redis has all of them in memory anyhow, and each is a small part of its letter.
      yield* await commands.zrange(index, 0, -1);
    },

    find,

    async drop(id, lastAt) {
      const dropped = await commands.eval(DROP, 2, index, keyOf(id), id, lastAt?.toISOString() ?? '');
      return dropped === 1;
    },
  };
};
