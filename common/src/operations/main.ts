#!/usr/bin/env node
/** The command line of a service's operator; see `usage`. Runs beside the service, with the service's own settings. */
import { parseArgs } from 'node:util';
import type { Connection } from 'mongoose';
import { type DeadLetters, deadLettersInMongo, type KeptLetter, replayAll } from '../dead-letters/index.ts';
import { deadLettersInRedis } from '../dead-letters/redis/index.ts';
import { connectBus } from '../messaging/index.ts';
import { ConfigError, mongoSettings, readConfig, serviceSettings, urlOf } from '../service/index.ts';
import { connectMongo } from '../store/index.ts';
import { markForRepublishing } from './mark-for-republishing.ts';

const usage = `Usage:
  dead-letters list [--limit 50]      what was given up, the oldest first
  dead-letters show ID                one letter, whole, with its error
  dead-letters replay ID | --all      publishes it again and drops it; harmless twice; exit status 1 if one stays
  dead-letters drop ID                forgets it
  republish [--since 24h]             publishes present states again that were saved since (30m, 24h, 7d, all)

Settings, those of the service: MONGO_URL, or REDIS_URL with SERVICE for a service without a database; and for
replaying NATS_URL, TRANSPORT, NATS_CLUSTER_ID.`;

/** Said to the operator, with exit status 2; nothing was done. */
class Misused extends Error {}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const complain = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 };

const sinceOf = (text: string, now: Date): Date => {
  if (text === 'all') return new Date(0);
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined)
    throw new Misused(`--since ${text}: must be like 30m, 24h, 7d, or all`);
  return new Date(now.getTime() - Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS]);
};

const connectStore = async (): Promise<{
  letters: DeadLetters;
  mongo?: Connection;
  end(): Promise<unknown>;
}> => {
  if (process.env.MONGO_URL) {
    const { MONGO_URL } = readConfig(mongoSettings);
    const mongo = await connectMongo(MONGO_URL, 'long work');
    return { letters: deadLettersInMongo(mongo), mongo, end: () => mongo.close() };
  }
  const service = process.env.SERVICE;
  if (!process.env.REDIS_URL || !service) throw new Misused('Set MONGO_URL, or REDIS_URL and SERVICE.');
  const { REDIS_URL } = readConfig({ REDIS_URL: urlOf('redis', 'rediss') });
  const { Redis } = await import('ioredis');
  const redis = new Redis(REDIS_URL, { maxRetriesPerRequest: 2 });
  return { letters: deadLettersInRedis(redis, service), end: () => redis.quit() };
};

const line = ({ id, type, attempts, lastAt, error }: KeptLetter): string =>
  `${id}  ${lastAt.toISOString()}  ${type}  ${attempts} tries  ${error.split('\n', 1)[0]}`;

const list = async (letters: DeadLetters, limit: number) => {
  const all = await letters.list(limit);
  if (all.length === 0) say('No dead letters.');
  for (const letter of all) say(line(letter));
  const more = (await letters.count()) - all.length;
  if (more > 0) say(`… and ${more} more: --limit ${all.length + more}`);
};

const found = <T>(value: T | undefined, id: string): T => {
  if (value === undefined) throw new Misused(`No dead letter ${id}.`);
  return value;
};

/** @returns whether all were */
const replayThese = async (letters: DeadLetters, ids?: readonly string[]): Promise<boolean> => {
  const { TRANSPORT, NATS_URL, NATS_CLUSTER_ID } = readConfig(serviceSettings);
  const bus = await connectBus({
    transport: TRANSPORT,
    url: NATS_URL,
    clusterId: NATS_CLUSTER_ID,
    clientName: 'operations',
  });
  try {
    let all = true;
    for await (const { id, refused } of replayAll(letters, bus, ids)) {
      if (refused === undefined) say(`${id} replayed`);
      else complain(refused);
      all &&= refused === undefined;
    }
    return all;
  } finally {
    await bus.close();
  }
};

const run = async (): Promise<void> => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      limit: { type: 'string', default: '50' },
      since: { type: 'string', default: '24h' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(usage);
  const [command, verb, id] = positionals;
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1) throw new Misused('--limit must be a whole number from 1');
  const needsId = () => found(id, '(name one)');

  const { letters, mongo, end } = await connectStore();
  try {
    switch (command === 'dead-letters' ? verb : command) {
      case 'list':
        return await list(letters, limit);
      case 'show':
        return say(JSON.stringify(found(await letters.find(needsId()), needsId()), null, 2));
      case 'drop':
        found((await letters.drop(needsId())) || undefined, needsId());
        return say(`${id} dropped`);
      case 'replay':
        if (!(await replayThese(letters, values.all ? undefined : [needsId()]))) process.exitCode = 1;
        return;
      case 'republish': {
        if (mongo === undefined) throw new Misused('This service has no states to publish.');
        const marked = await markForRepublishing(mongo, sinceOf(values.since, new Date()));
        for (const [collection, count] of Object.entries(marked))
          say(`${collection}: ${count} will be published again`);
        return;
      }
      default:
        throw new Misused(usage);
    }
  } finally {
    await end();
  }
};

try {
  await run();
} catch (error) {
  const misused = error instanceof Misused || error instanceof ConfigError || error instanceof TypeError;
  complain(error instanceof Error ? error.message : String(error));
  process.exitCode = misused ? 2 : 1;
}
