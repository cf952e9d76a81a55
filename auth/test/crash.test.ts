import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { testDatabaseUrl } from '@ticketing/common/testing';
import mongoose from 'mongoose';
import { newSigningKeys } from '../src/keys/signing-keys.ts';
import { GOOD_PASSWORD, Visitor } from './front-desk.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const started: ChildProcess[] = [];

/** The service as it runs in production: a process of its own, real hashing, and no broker anywhere. */
const launch = (env: Record<string, string>) => {
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=ticketing-source', 'src/main.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  return child;
};

const gone = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'exit');

afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill('SIGKILL');
    await gone(child);
  }
});

/** Resolves with its address once it says that it is ready. */
const ready = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error('no output');
  const said: string[] = [];
  child.stderr?.on('data', (chunk) => said.push(String(chunk)));
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const { msg, port } = JSON.parse(line);
    if (msg === 'ready') return `http://127.0.0.1:${port}`;
  }
  throw new Error(`it ended instead of getting ready:\n${said.join('\n')}`);
};

describe('auth as a process', () => {
  it('forgets no account that it confirmed, though it is killed in the middle of a rush', async () => {
    const MONGO_URL = testDatabaseUrl();
    const env = {
      MONGO_URL,
      PORT: '0',
      COOKIE_SECURE: 'off',
      SESSION_PRIVATE_KEYS: JSON.stringify(newSigningKeys()),
    };
    const first = launch(env);
    const url = await ready(first);
    const confirmed: { visitor: Visitor; email: string }[] = [];
    const rush = Array.from({ length: 12 }, async (_, n) => {
      const visitor = new Visitor(url);
      const email = `rush-${n}@example.com`;
      const answer = await visitor.signUp(email).catch(() => undefined);
      if (answer?.status !== 201) return;
      confirmed.push({ visitor, email });
      if (confirmed.length === 4) first.kill('SIGKILL');
    });
    await Promise.all(rush);
    await gone(first);
    expect(first.signalCode).toBe('SIGKILL');
    expect(confirmed.length).toBeGreaterThanOrEqual(4);
    expect(confirmed.length).toBeLessThan(12);

    const again = await ready(launch(env));
    for (const { visitor, email } of confirmed) {
      // The session, too: its cookie still tells who they are.
      const { body } = await new Visitor(again, visitor.cookie).currentUser();
      expect(body.currentUser).toMatchObject({ email });
      expect((await new Visitor(again).signIn(email)).status).toBe(200);
    }
    const mongo = await mongoose.createConnection(MONGO_URL).asPromise();
    await mongo.dropDatabase();
    await mongo.close();
  }, 120_000);

  it('answers who has asked before it stops', async () => {
    const MONGO_URL = testDatabaseUrl();
    const child = launch({
      MONGO_URL,
      PORT: '0',
      COOKIE_SECURE: 'off',
      SESSION_PRIVATE_KEYS: JSON.stringify(newSigningKeys()),
    });
    const url = await ready(child);
    // `100 Continue` says that the service has the request; its body comes only after the signal.
    const asked = request(`${url}/api/users/signup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Expect: '100-continue' },
    });
    asked.flushHeaders();
    await once(asked, 'continue');
    child.kill('SIGTERM');
    asked.end(JSON.stringify({ email: 'last@example.com', password: GOOD_PASSWORD }));
    const [answer] = await once(asked, 'response');
    expect(answer.statusCode).toBe(201);
    answer.resume();
    await gone(child);
    expect(child.exitCode).toBe(0);
    const mongo = await mongoose.createConnection(MONGO_URL).asPromise();
    expect(await mongo.collection('users').countDocuments()).toBe(1);
    await mongo.dropDatabase();
    await mongo.close();
  }, 120_000);

  it('refuses to start without a key of its own, says so, and is not restarted in a loop', async () => {
    const child = launch({ MONGO_URL: testDatabaseUrl(), NODE_ENV: 'production' });
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += String(chunk);
    });
    await gone(child);
    expect(child.exitCode).toBe(78);
    expect(said).toContain('SESSION_PRIVATE_KEYS: is not set');
  }, 60_000);
});
