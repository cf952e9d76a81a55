import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, testSessions } from '../../src/testing/index.ts';
import { freePort } from './free-port.ts';

const { jwks } = testSessions();
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

/** Starts the clerk with these settings. */
const startClerk = (given: Readonly<Record<string, string>> = {}) => {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('./clerk.ts', import.meta.url))],
    {
      env: { PATH: process.env.PATH, PORT: '0', SESSION_PUBLIC_KEYS: JSON.stringify(jwks), ...given },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  children.push(child);
  const lines: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code);
  const said = (message: string) =>
    eventually(() => {
      const line = lines.find(({ msg }) => msg === message);
      if (line === undefined)
        throw new Error(`"${message}" was not said, but ${JSON.stringify(lines)} ${errors}`);
      return line;
    });
  return {
    child,
    lines,
    ended,
    said,
    errors: () => errors,
    url: async () => `http://127.0.0.1:${(await said('ready')).port}`,
  };
};

describe('a service in its process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s, after the request it is at', async (signal) => {
    const clerk = startClerk({ SLOW_MS: '300' });
    const asking = fetch(`${await clerk.url()}/slow`);
    await clerk.said('slow begins');
    clerk.child.kill(signal);
    const answer = await asking;
    expect([answer.status, await answer.json()]).toEqual([200, { done: true }]);
    expect(await clerk.ended).toBe(0);
    expect(clerk.lines.map(({ msg }) => msg)).toEqual(['ready', 'slow begins', 'stopping', 'stopped']);
  });

  it('ends at once when it is asked twice', async () => {
    const clerk = startClerk({ SLOW_MS: '60000' });
    const asking = fetch(`${await clerk.url()}/slow`).catch((error: unknown) => error);
    await clerk.said('slow begins');
    clerk.child.kill('SIGTERM');
    await clerk.said('stopping');
    clerk.child.kill('SIGTERM');
    expect(await clerk.ended).toBe(1);
    expect(String(await asking)).toContain('fetch failed');
  });

  it('ends in time, whatever hangs', async () => {
    const clerk = startClerk({ SLOW_MS: '60000', STOP_SECONDS: '1' });
    const asking = fetch(`${await clerk.url()}/slow`).catch((error: unknown) => error);
    await clerk.said('slow begins');
    clerk.child.kill('SIGTERM');
    expect(await clerk.ended).toBe(0);
    expect(String(await asking)).toContain('fetch failed');
  });

  it('ends with 0 when it is asked to while it waits for its database', async () => {
    const clerk = startClerk({ MONGO_URL: `mongodb://ann:hunter2@127.0.0.1:${await freePort()}/seats` });
    const { reason } = await clerk.said('database not reached, trying again');
    expect(reason).toMatch(/ECONNREFUSED/);
    clerk.child.kill('SIGTERM');
    expect(await clerk.ended).toBe(0);
    expect(JSON.stringify(clerk.lines)).not.toContain('hunter2');
  });

  it('ends with 78 for bad settings, and lists them all', async () => {
    const clerk = startClerk({ PORT: 'hunter2', COOKIE_SECURE: 'maybe', SESSION_PUBLIC_KEYS: '' });
    expect(await clerk.ended).toBe(78);
    expect(clerk.errors()).toBe(
      [
        'clerk: Bad settings in the environment:',
        '  PORT: must be a whole number from 0 to 65535',
        '  SESSION_PUBLIC_KEYS: is not set',
        '  COOKIE_SECURE: must be on or off',
        '',
      ].join('\n'),
    );
    expect(clerk.lines).toEqual([]);
  });

  it('ends with 78 for an address of the database that can never work', async () => {
    const clerk = startClerk({ MONGO_URL: 'mongodb://ann:hunter2@127.0.0.1/seats?colour=red' });
    expect(await clerk.ended).toBe(78);
    expect(clerk.errors()).toMatch(/^clerk: MONGO_URL: .*colour/);
    expect(clerk.errors()).not.toContain('hunter2');
  });

  it('ends with 1 and says why when its port is taken', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const clerk = startClerk({ PORT: String(port) });
    expect(await clerk.ended).toBe(1);
    expect(clerk.lines).toMatchObject([{ level: 60, err: { code: 'EADDRINUSE', port } }]);
    server.close();
  });

  it.each([
    ['/forget', /nobody awaited this/],
    ['/throw', /nobody catches this/],
  ])('ends with 1 and says why when a fault of ours escapes (%s)', async (route, message) => {
    const clerk = startClerk();
    await fetch(`${await clerk.url()}${route}`).catch(() => undefined);
    expect(await clerk.ended).toBe(1);
    expect(clerk.lines.at(-1)).toMatchObject({ level: 60, err: { message: expect.stringMatching(message) } });
    expect(JSON.stringify(clerk.lines)).not.toContain('hunter2');
  });
});
