import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type ServiceProcess, startServiceProcess, testDatabaseUrl } from '@ticketing/common/testing';
import mongoose from 'mongoose';
import { newSigningKeys } from '../src/keys/signing-keys.ts';
import { GOOD_PASSWORD, Visitor } from './front-desk.ts';

const started: ServiceProcess[] = [];

/** The service as it runs in production: a process of its own, real hashing, and no broker anywhere. */
const launch = async (env: Record<string, string>): Promise<ServiceProcess> => {
  const service = await startServiceProcess(fileURLToPath(new URL('..', import.meta.url)), env);
  started.push(service);
  return service;
};

afterEach(async () => {
  for (const service of started.splice(0)) await service.kill();
});

describe('auth as a process', () => {
  it('forgets no account that it confirmed, though it is killed in the middle of a rush', async () => {
    const MONGO_URL = testDatabaseUrl();
    const env = {
      MONGO_URL,
      COOKIE_SECURE: 'off',
      SESSION_PRIVATE_KEYS: JSON.stringify(newSigningKeys()),
    };
    const first = await launch(env);
    const confirmed: { visitor: Visitor; email: string }[] = [];
    const rush = Array.from({ length: 12 }, async (_, n) => {
      const visitor = new Visitor(first.url);
      const email = `rush-${n}@example.com`;
      const answer = await visitor.signUp(email).catch(() => undefined);
      if (answer?.status !== 201) return;
      confirmed.push({ visitor, email });
      if (confirmed.length === 4) await first.kill();
    });
    await Promise.all(rush);
    expect(confirmed.length).toBeGreaterThanOrEqual(4);
    expect(confirmed.length).toBeLessThan(12);

    const again = await launch(env);
    for (const { visitor, email } of confirmed) {
      // The session, too: its cookie still tells who they are.
      const { body } = await new Visitor(again.url, visitor.cookie).currentUser();
      expect(body.currentUser).toMatchObject({ email });
      expect((await new Visitor(again.url).signIn(email)).status).toBe(200);
    }
    const mongo = await mongoose.createConnection(MONGO_URL).asPromise();
    await mongo.dropDatabase();
    await mongo.close();
  }, 120_000);

  it('answers who has asked before it stops', async () => {
    const MONGO_URL = testDatabaseUrl();
    const service = await launch({
      MONGO_URL,
      COOKIE_SECURE: 'off',
      SESSION_PRIVATE_KEYS: JSON.stringify(newSigningKeys()),
    });
    // `100 Continue` says that the service has the request; its body comes only after the signal.
    const asked = request(`${service.url}/api/users/signup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Expect: '100-continue' },
    });
    asked.flushHeaders();
    await once(asked, 'continue');
    const stopped = service.stop();
    asked.end(JSON.stringify({ email: 'last@example.com', password: GOOD_PASSWORD }));
    const [answer] = await once(asked, 'response');
    expect(answer.statusCode).toBe(201);
    answer.resume();
    expect(await stopped).toBe(0);
    const mongo = await mongoose.createConnection(MONGO_URL).asPromise();
    expect(await mongo.collection('users').countDocuments()).toBe(1);
    await mongo.dropDatabase();
    await mongo.close();
  }, 120_000);

  it('refuses to start without a key of its own, says so, and is not restarted in a loop', async () => {
    await expect(launch({ MONGO_URL: testDatabaseUrl(), NODE_ENV: 'production' })).rejects.toThrow(
      /ended \(78\)[\s\S]*SESSION_PRIVATE_KEYS: is not set/,
    );
  }, 60_000);
});
