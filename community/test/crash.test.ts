import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from '@jest/globals';
import {
  eventually,
  type ServiceProcess,
  startServiceProcess,
  testDatabaseUrl,
} from '@ticketing/common/testing';
import mongoose from 'mongoose';
import { person, sessions } from './town.ts';

const PEOPLE = 50;
/** Longer than the wait for the job that counts what was left. */
const COUNTED_MS = 60_000;
const started: ServiceProcess[] = [];

/** The service as it runs in production: a process of its own, and no broker anywhere. */
const launch = async (MONGO_URL: string): Promise<ServiceProcess> => {
  const service = await startServiceProcess(fileURLToPath(new URL('..', import.meta.url)), {
    MONGO_URL,
    COOKIE_SECURE: 'off',
    SESSION_PUBLIC_KEYS: JSON.stringify(sessions.jwks),
    RATE_LIMITS: 'off',
  });
  started.push(service);
  return service;
};

afterEach(async () => {
  for (const service of started.splice(0)) await service.kill();
});

it('fifty people who like a post at once, each twice, are fifty, though the service is killed meanwhile', async () => {
  const MONGO_URL = testDatabaseUrl();
  let service = await launch(MONGO_URL);
  const other = await launch(MONGO_URL);
  const author = person(service.url, sessions.user());
  const { id } = await author.writes('Was it good?');
  const path = `/api/posts/${id}/like`;
  const users = Array.from({ length: PEOPLE }, () => sessions.user());

  let answered = 0;
  const killAt = PEOPLE / 2;
  let killed: Promise<void> | undefined;
  const press = async (n: number): Promise<void> => {
    // One of two replicas is killed in the middle; those whose answer did not come press again.
    for (;;) {
      const url = n % 2 === 0 ? service.url : other.url;
      const status = await person(url, users[n % PEOPLE])
        .put(path)
        .then((answer) => answer.status)
        .catch(() => 0);
      if (status === 200) break;
      expect([0, 503]).toContain(status);
      await killed;
    }
    answered += 1;
    if (answered !== killAt) return;
    killed = service.kill().then(async () => {
      service = await launch(MONGO_URL);
    });
    await killed;
  };
  await Promise.all(Array.from({ length: 2 * PEOPLE }, (_, n) => press(n)));

  const mongo = await mongoose.createConnection(MONGO_URL).asPromise();
  const likes = mongo.collection('likes');
  expect(await likes.countDocuments({ of: id })).toBe(PEOPLE);
  await eventually(async () => {
    expect(await person(service.url).sees(`/api/posts/${id}`)).toMatchObject({ likes: PEOPLE });
    expect(await likes.countDocuments({ uncounted: { $exists: true } })).toBe(0);
  }, COUNTED_MS);
  await mongo.dropDatabase();
  await mongo.close();
}, 120_000);
