import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { TooManyRequests } from '../../src/errors/index.ts';
import { post, signedIn } from '../../src/http/index.ts';
import { rateLimits } from '../../src/rate-limits/index.ts';
import { networkOf } from '../../src/rate-limits/network.ts';
import { createLogger, type ServiceDeps, type ServiceParts, serviceApp } from '../../src/service/index.ts';
import {
  startTestService,
  type TestService,
  testDatabase,
  testDatabaseUrl,
  testSessions,
} from '../../src/testing/index.ts';

const sessions = testSessions();

const desk = (deps: ServiceDeps): ServiceParts => {
  const limits = rateLimits(deps.mongo, true, deps.logger);
  const perUser = limits.perUser({ name: 'write', points: 5, seconds: 60 });
  const perAddress = limits.perAddress({ name: 'knock', points: 3, seconds: 60 });
  const routes = [
    post('/api/write', [signedIn, perUser], () => ({})),
    post('/api/knock', [perAddress], () => ({})),
  ];
  const config = {
    SESSION_PUBLIC_KEYS: sessions.jwks,
    COOKIE_SECURE: false,
    TRUST_PROXY_HOPS: 1,
    RATE_LIMITS: true,
  };
  return { app: serviceApp(deps, config, { routes }) };
};

describe('rate limits', () => {
  let replicas: TestService[];

  beforeAll(async () => {
    const MONGO_URL = testDatabaseUrl();
    const first = await startTestService('desk', desk, { config: { MONGO_URL } });
    const second = await startTestService('desk', desk, { config: { MONGO_URL }, broker: first.broker });
    replicas = [first, second];
  });
  afterAll(async () => {
    const [first, second] = replicas;
    await second?.stop();
    await first?.end();
  });

  const ask = (path: string, replica: number, headers: Record<string, string>) =>
    fetch(`${replicas[replica % 2]?.url}${path}`, { method: 'POST', headers });

  it('count a user over all replicas, and say when to try again', async () => {
    const Cookie = sessions.cookie(sessions.user());
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => ask('/api/write', index, { Cookie })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(7);
    for (const answer of refused) {
      const seconds = Number(answer.headers.get('retry-after'));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(60);
    }
    expect(await refused[0]?.json()).toMatchObject({ errors: [{ code: 'too_many_requests' }] });
  });

  it('leave other users alone', async () => {
    const answer = await ask('/api/write', 0, { Cookie: sessions.cookie(sessions.user()) });
    expect(answer.status).toBe(200);
  });

  it('count an address as the trusted proxy tells it, and a whole IPv6 network as one', async () => {
    const from = (address: string) => ask('/api/knock', 0, { 'X-Forwarded-For': address });
    const statuses = [];
    for (const host of ['1', '2', '3', '4']) statuses.push((await from(`2001:db8:1:2::${host}`)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect((await from('2001:db8:1:3::1')).status).toBe(200);
    // What a client claims to have come from stands further left, and is not believed.
    expect((await from('198.51.100.7, 2001:db8:1:2::9')).status).toBe(429);
  });

  it('are forgiven after a success', async () => {
    const [first] = replicas;
    if (first === undefined) throw new Error('not started');
    const limits = rateLimits(first.deps.mongo, true, first.deps.logger);
    const budget = { name: 'sign in', points: 2, seconds: 60 };
    await limits.take(budget, 'a@b.co');
    await limits.take(budget, 'a@b.co');
    await limits.forgive(budget, 'a@b.co');
    await limits.take(budget, 'a@b.co');
    await limits.take(budget, 'a@b.co');
    await expect(limits.take(budget, 'a@b.co')).rejects.toBeInstanceOf(TooManyRequests);
  });

  it('give a point back that was taken for nothing, and no more', async () => {
    const [first] = replicas;
    if (first === undefined) throw new Error('not started');
    const limits = rateLimits(first.deps.mongo, true, first.deps.logger);
    const budget = { name: 'for nothing', points: 2, seconds: 60 };
    for (let tries = 0; tries < 5; tries += 1) {
      await limits.take(budget, 'a@b.co');
      await limits.giveBack(budget, 'a@b.co');
    }
    await limits.take(budget, 'a@b.co');
    await limits.take(budget, 'a@b.co');
    await expect(limits.take(budget, 'a@b.co')).rejects.toBeInstanceOf(TooManyRequests);
  });

  it('hold in each process by itself while the database is away, and keep nobody waiting for it', async () => {
    // Not connected yet, or no longer: it is all the same.
    const away = mongoose.createConnection();
    const budget = { name: 'away', points: 2, seconds: 60 };
    const limits = rateLimits(away, true, createLogger('desk', 'silent'));
    await limits.take(budget, 'a@b.co');
    await limits.take(budget, 'a@b.co');
    await expect(limits.take(budget, 'a@b.co')).rejects.toBeInstanceOf(TooManyRequests);
    await limits.take(budget, 'c@d.co');
    await limits.forgive(budget, 'a@b.co');
    await limits.take(budget, 'a@b.co');
    await limits.take(budget, 'a@b.co');
    await limits.giveBack(budget, 'a@b.co');
    await limits.take(budget, 'a@b.co');
  });

  it('hold while the database is there and cannot count', async () => {
    const { mongo, buildIndexes, end } = await testDatabase();
    const budget = { name: 'insured', points: 2, seconds: 60 };
    const limits = rateLimits(mongo, true, createLogger('desk', 'silent'));
    await buildIndexes();
    await mongo.db?.command({ collMod: 'rate_limits', validator: { points: { $lt: 0 } } });
    await limits.take(budget, 'a@b.co');
    await limits.take(budget, 'a@b.co');
    await expect(limits.take(budget, 'a@b.co')).rejects.toBeInstanceOf(TooManyRequests);
    expect(await mongo.collection('rate_limits').countDocuments()).toBe(0);
    await end();
  });

  it('keep no email and no address in the database', async () => {
    const [first] = replicas;
    const counters = await first?.deps.mongo.collection('rate_limits').find({}).toArray();
    expect(counters?.length).toBeGreaterThan(0);
    expect(JSON.stringify(counters)).not.toMatch(/a@b\.co|2001:db8/);
  });

  it('are lifted by RATE_LIMITS=off, with a warning', async () => {
    const lines: string[] = [];
    const logger = createLogger('desk', 'warn', { write: (line: string) => lines.push(line) });
    const [first] = replicas;
    if (first === undefined) throw new Error('not started');
    const limits = rateLimits(first.deps.mongo, false, logger);
    for (let n = 0; n < 20; n += 1) await limits.take({ name: 'off', points: 1, seconds: 60 }, 'x');
    expect(lines.join()).toContain('RATE_LIMITS=off');
  });
});

describe('the network of an address', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
