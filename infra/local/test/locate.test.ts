import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { catalogue } from '../engines/catalogue.ts';
import { EngineUnavailable, locate } from '../engines/locate.ts';
import { eventually } from './eventually.ts';
import { fakeEngine, fakeExecutable, fakeSource, putExecutable } from './fake-engine.ts';
import { runProcess } from './run-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Each test starts processes, which takes seconds each on a busy machine.
jest.setTimeout(180_000);

const folder = temporaryFolder('locate');
let bin: string;
let cache: string;
let env: NodeJS.ProcessEnv;
let reported: string[];
const report = (line: string) => reported.push(line);

let turn = 0;
beforeEach(async () => {
  turn += 1;
  bin = path.join(folder, `${turn}/bin`);
  cache = path.join(folder, `${turn}/cache`);
  await mkdir(bin, { recursive: true });
  env = { PATH: bin, TICKETING_CACHE: cache };
  reported = [];
});

const cached = (name: string) => path.join(cache, 'engines', name);

describe('looking for an engine', () => {
  it('takes the one on the PATH, and fetches nothing', async () => {
    await putExecutable(bin, fakeExecutable('7.2.0'));
    const source = fakeSource('7.0.0');
    const found = await locate(fakeEngine(source), { env, report });
    expect(found).toEqual({
      name: 'redis-server',
      command: path.join(bin, 'redis-server'),
      version: '7.2.0',
      origin: 'PATH',
    });
    expect(source.fetches).toBe(0);
  });

  it('passes over one on the PATH that is too old, says so, and looks further along the PATH', async () => {
    const further = path.join(folder, `${turn}/further`);
    await putExecutable(bin, fakeExecutable('5.0.7'));
    await putExecutable(further, fakeExecutable('6.2.0'));
    const found = await locate(fakeEngine(), { env: { ...env, PATH: `${bin}:${further}` }, report });
    expect(found).toMatchObject({ version: '6.2.0', command: path.join(further, 'redis-server') });
    expect(reported.join('\n')).toContain('is 5.0.7, older than 6.2');
  });

  it('compares versions as numbers, not as words', async () => {
    await putExecutable(bin, fakeExecutable('10.0.0'));
    expect(await locate(fakeEngine(), { env, report })).toMatchObject({ version: '10.0.0' });
    await putExecutable(bin, fakeExecutable('6.10.1'));
    expect(await locate(fakeEngine(), { env, report })).toMatchObject({ version: '6.10.1' });
  });

  it('passes over one on the PATH that does not run', async () => {
    await putExecutable(bin, '#!/bin/sh\necho "cannot open shared object file" >&2\nexit 127\n');
    const found = await locate(fakeEngine(fakeSource('7.0.0')), { env, report });
    expect(found).toMatchObject({ origin: 'cache', version: '7.0.0' });
    expect(reported.join('\n')).toContain('does not run (cannot open shared object file)');
  });

  it('fetches it once, and the next time finds it in the cache', async () => {
    const source = fakeSource('7.0.0');
    const first = await locate(fakeEngine(source), { env, report });
    const second = await locate(fakeEngine(source), { env, report });
    expect(second).toEqual(first);
    expect(first).toMatchObject({
      origin: 'cache',
      command: path.join(cached('redis-server-7.0.0'), 'redis-server'),
    });
    expect(source.fetches).toBe(1);
  });

  it('keeps fetched engines in a folder of the user', async () => {
    const home = path.join(folder, `${turn}/xdg`);
    const found = await locate(fakeEngine(fakeSource('7.0.0')), {
      env: { PATH: bin, XDG_CACHE_HOME: home },
      report,
    });
    expect(found).toMatchObject({
      command: path.join(home, 'ticketing.dev/engines/redis-server-7.0.0/redis-server'),
    });
  });

  it('goes to the next source when one fails, or gives something too old', async () => {
    const [broken, old, good] = [
      fakeSource('7.0.1', 'out of order'),
      fakeSource('6.0.0'),
      fakeSource('7.0.0'),
    ];
    const found = await locate(fakeEngine(broken, old, good), { env, report });
    expect(found).toMatchObject({ version: '7.0.0' });
    expect(reported.join('\n')).toContain('a source of 7.0.1: out of order');
    expect(reported.join('\n')).toContain('is 6.0.0, older than 6.2');
    expect((await readdir(path.join(cache, 'engines'))).sort()).toEqual(['redis-server-7.0.0']);
  });

  it('does not touch what an interrupted fetch has left, but to clear it away', async () => {
    await putExecutable(cached('.fetching-redis-server-Ab12Cd'), '#!/bin/sh\necho "Redis ser');
    const source = fakeSource('7.0.0');
    expect(await locate(fakeEngine(source), { env, report })).toMatchObject({ version: '7.0.0' });
    expect(source.fetches).toBe(1);
    expect(await readdir(path.join(cache, 'engines'))).toEqual(['redis-server-7.0.0']);
  });

  it('replaces an engine in the cache that does not run', async () => {
    await putExecutable(cached('redis-server-7.0.0'), 'half of a pro');
    const source = fakeSource('7.0.0');
    expect(await locate(fakeEngine(source), { env, report })).toMatchObject({ version: '7.0.0' });
    expect(source.fetches).toBe(1);
    expect(reported.join('\n')).toContain('it will be replaced');
  });

  it('takes a container when a docker answers and nothing else is to be had', async () => {
    await writeFile(path.join(bin, 'docker'), '#!/bin/sh\necho 27.0.1\n', { mode: 0o755 });
    const found = await locate(fakeEngine(fakeSource('7.0.0', 'out of order')), { env, report });
    expect(found).toEqual({ name: 'redis-server', image: 'redis:7.4', version: '7.4', origin: 'container' });
  });

  it('says what was tried and every way to get it when it cannot be had', async () => {
    await putExecutable(bin, fakeExecutable('5.0.7'));
    const search = locate(fakeEngine(fakeSource('7.0.0', 'out of order')), { env, report });
    await expect(search).rejects.toBeInstanceOf(EngineUnavailable);
    const message = await search.catch(String);
    for (const part of [
      'No redis-server could be had',
      `${path.join(bin, 'redis-server')}: is 5.0.7, older than 6.2`,
      'a source of 7.0.0: out of order',
      'container redis:7.4: docker not found',
      'REDIS_URL=… in the environment',
      'redis-server 6.2 or newer on the PATH: https://redis.io/install',
      'fetched by itself, where it can be reached: a source of 7.0.0',
      'a running docker, for the image redis:7.4',
    ]) {
      expect(message).toContain(part);
    }
  });

  it('knows for every engine a variable, a source, an image and a page that says how to install it', () => {
    for (const spec of Object.values(catalogue)) {
      expect(spec.urlVariable).toMatch(/^(MONGO|NATS|REDIS)_URL$/);
      expect(spec.sources.length).toBeGreaterThan(0);
      expect(spec.container.image).toContain(spec.container.version);
      expect(spec.install).toMatch(/^https:/);
    }
  });
});

describe('several runs at once', () => {
  const executable = fakeExecutable('7.0.0');
  const half = Math.floor(executable.length / 2);
  /** Answers that have sent half of the engine and wait for us. */
  let halfSent: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    response.write(executable.slice(0, half));
    halfSent.push(response);
  });
  const finish = () => {
    for (const response of halfSent.splice(0)) response.end(executable.slice(half));
  };

  let url: string;
  let processEnv: NodeJS.ProcessEnv;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    url = `http://127.0.0.1:${port}`;
  });
  beforeEach(() => {
    halfSent = [];
    processEnv = { ...process.env, ...env };
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('fetch an engine once; the others wait and use it', async () => {
    const runs = Array.from({ length: 3 }, () => runProcess('fetch-fake-engine.ts', [url], processEnv));
    await eventually('one fetches and two wait', () => {
      const waiting = runs.filter((run) => run.complained().includes('which is fetching it'));
      return halfSent.length === 1 && waiting.length === 2;
    });
    expect(existsSync(cached('redis-server-7.0.0'))).toBe(false);
    finish();
    expect(await Promise.all(runs.map((run) => run.ended))).toEqual([0, 0, 0]);
    for (const run of runs)
      expect(JSON.parse(run.printed())).toMatchObject({ version: '7.0.0', origin: 'cache' });
    expect(halfSent).toHaveLength(0);
  });

  it('are not held up by one that was killed in the middle of its fetch', async () => {
    const interrupted = runProcess('fetch-fake-engine.ts', [url], processEnv);
    await eventually('half of the engine is there', () => halfSent.length === 1);
    interrupted.child.kill('SIGKILL');
    await interrupted.ended;
    halfSent = [];

    const next = runProcess('fetch-fake-engine.ts', [url], processEnv);
    await eventually('the next run fetches', () => halfSent.length === 1);
    finish();
    expect(await next.ended).toBe(0);
    expect(JSON.parse(next.printed())).toMatchObject({ version: '7.0.0' });
    expect(await readdir(path.join(cache, 'engines'))).toEqual(['redis-server-7.0.0']);
  });
});
