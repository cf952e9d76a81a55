import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { isRunning, startTimeOf } from '../process-identity.mjs';
import { root } from '../setup.mjs';
import { homeAt, makeHome } from '../supervisor/home.ts';
import {
  type LogLine,
  type RunFile,
  StartRefused,
  type System,
  type SystemOptions,
  startSystem,
} from '../supervisor/index.ts';
import { keepSessionKeys } from '../supervisor/session-keys.ts';
import type { Transport } from '../supervisor/settings.ts';
import { eventually } from './eventually.ts';
import { runProcess } from './run-process.ts';
import { notesRows } from './services/rows.ts';
import { temporaryFolder } from './temporary-folder.ts';

const MINUTES = 60_000;
const folder = temporaryFolder('supervisor');
let homes = 0;
const newHome = (): string => {
  homes += 1;
  return path.join(folder, `home ${homes}`);
};

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const start = async (options: Partial<SystemOptions> = {}): Promise<System> => {
  const system = await startSystem({ home: newHome(), services: notesRows, build: false, ...options });
  ends.push(() => system.stop());
  return system;
};

const keep = async ({ baseUrl }: Pick<System, 'baseUrl'>, note: string): Promise<number> =>
  (await fetch(`${baseUrl}/api/tickets`, { method: 'POST', body: note })).status;

interface Told {
  notes: string[];
  pid: number;
  env: Record<string, string>;
  headers: Record<string, string>;
}
const ask = async ({ baseUrl }: Pick<System, 'baseUrl'>, at = '/api/tickets'): Promise<Told> =>
  (await (await fetch(`${baseUrl}${at}`)).json()) as Told;

const unaskedDeath = ({ died }: System) => Promise.race([died, Promise.resolve('nobody died')]);

const identitiesOf = (run: RunFile) =>
  run.processes.map(({ name, pid }) => ({ name, pid, startTime: startTimeOf(pid) }));

describe('a system', () => {
  it(
    'runs everything, says what runs, and stops it all; a second start finds the same data',
    async () => {
      const reported: string[] = [];
      const home = newHome();
      const first = await start({ home, report: (line) => reported.push(line) });
      expect(JSON.parse(readFileSync(path.join(home, 'run.json'), 'utf8'))).toEqual(
        JSON.parse(JSON.stringify(first.run)),
      );
      expect(first.run).toEqual({
        baseUrl: expect.stringMatching(/^http:\/\/localhost:\d+$/),
        startupSeconds: expect.any(Number),
        transport: 'nats-streaming',
        mongoUri: expect.stringMatching(/^mongodb:\/\/127\.0\.0\.1:\d+$/),
        natsUrl: expect.stringMatching(/^nats:\/\/127\.0\.0\.1:\d+$/),
        natsMonitorUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        redisUrl: undefined,
        processes: ['mongod', 'nats-streaming-server', 'tickets', 'auth', 'gateway'].map((name) => ({
          name,
          pid: expect.any(Number),
          port: expect.any(Number),
        })),
      });
      expect(first.run.startupSeconds).toBeGreaterThan(0);
      const processes = identitiesOf(first.run);
      expect(processes.every(isRunning)).toBe(true);
      expect(await keep(first, 'seat 12')).toBe(201);

      reported.length = 0;
      await first.stop();
      expect(processes.filter(isRunning)).toEqual([]);
      expect(existsSync(path.join(home, 'run.json'))).toBe(false);
      expect(reported).toEqual([
        'Stopping the gateway: no new requests',
        'Stopping tickets, auth',
        'Stopping nats-streaming-server',
        'Stopping mongod',
      ]);
      const log = readFileSync(path.join(home, 'logs/tickets.log'), 'utf8');
      expect(log).toContain('"msg":"stopped"');

      const second = await start({ home });
      expect((await ask(second)).notes).toEqual(['seat 12']);
      expect(readFileSync(path.join(home, 'logs/tickets.log.1'), 'utf8')).toBe(log);
    },
    5 * MINUTES,
  );

  it(
    'leaves one service out: the gateway says that it is away until it is started',
    async () => {
      const system = await start({ without: 'tickets' });
      expect(system.run.processes.map(({ name }) => name)).not.toContain('tickets');
      expect((await fetch(`${system.baseUrl}/api/tickets`)).status).toBe(503);
      expect((await fetch(`${system.baseUrl}/api/users`)).status).toBe(200);
      await system.service('tickets').start();
      expect((await fetch(`${system.baseUrl}/api/tickets`)).status).toBe(200);
    },
    5 * MINUTES,
  );

  it(
    'gives every service a database of its own and the settings it needs, and none of ours by accident',
    async () => {
      process.env.SECRET_OF_THE_SHELL = 'not for services';
      ends.push(() => delete process.env.SECRET_OF_THE_SHELL);
      const { run, ...system } = await start({
        holdSeconds: 7,
        transport: 'jetstream',
        // Of a broker of somebody else's, which is not used.
        env: {
          RATE_LIMITS: 'off',
          LOG_LEVEL: 'debug',
          SWEEP_MS: '50',
          NATS_MONITOR_URL: 'http://theirs:8222',
        },
      });
      const [tickets, auth] = [await ask(system), await ask(system, '/api/users')];
      expect(tickets.env).toMatchObject({
        HOST: '127.0.0.1',
        MONGO_URL: `${run.mongoUri}/tickets`,
        NATS_URL: run.natsUrl,
        NATS_CLUSTER_ID: 'ticketing',
        TRANSPORT: 'jetstream',
        COOKIE_SECURE: 'off',
        RATE_LIMITS: 'off',
        LOG_LEVEL: 'debug',
        TRUST_PROXY_HOPS: '1',
        ORDER_HOLD_SECONDS: '7',
        SWEEP_MS: '50',
      });
      expect(auth.env.MONGO_URL).toBe(`${run.mongoUri}/auth`);
      expect(tickets.env).not.toHaveProperty('SECRET_OF_THE_SHELL');
      expect(tickets.env).not.toHaveProperty('SESSION_PRIVATE_KEYS');
      expect(run.processes.map(({ name }) => name)).toContain('nats-server');
      expect(run.natsMonitorUrl).toBeUndefined();
      expect(tickets.headers['x-forwarded-for']).toMatch(/^(127\.0\.0\.1|::1)$/);
    },
    5 * MINUTES,
  );

  it(
    'says of services that are not part of it that they are not',
    async () => {
      const { baseUrl } = await start();
      const orders = await fetch(`${baseUrl}/api/orders`);
      expect([orders.status, await orders.json()]).toEqual([
        503,
        { errors: [{ message: 'orders is not part of this run', code: 'unavailable' }] },
      ]);
      const shop = await fetch(baseUrl);
      expect([shop.status, await shop.json()]).toEqual([
        404,
        {
          errors: [
            {
              message: 'Not found: the client is not part of this run (--no-client)',
              code: 'not_found',
            },
          ],
        },
      ]);
    },
    5 * MINUTES,
  );

  it(
    'runs several replicas of a service, and outlives the loss of one of them by test',
    async () => {
      const system = await start({ replicas: { tickets: 3 } });
      const names = system.run.processes.map(({ name }) => name);
      expect(names.filter((name) => name.startsWith('tickets'))).toEqual([
        'tickets',
        'tickets-2',
        'tickets-3',
      ]);
      const answering = async () => {
        const pids = new Set<number>();
        for (let i = 0; i < 6; i += 1) pids.add((await ask(system)).pid);
        return pids;
      };
      expect(await answering()).toEqual(new Set([0, 1, 2].map((n) => system.service('tickets', n).pid)));

      const victim = system.service('tickets', 1);
      const { pid } = victim;
      await victim.kill();
      expect(victim.isRunning).toBe(false);
      expect(await answering()).toEqual(new Set([0, 2].map((n) => system.service('tickets', n).pid)));
      await victim.start();
      expect(victim.pid).not.toBe(pid);
      expect(await answering()).toContain(victim.pid);
      expect(() => system.service('payments')).toThrow('payments is not part of this run');
      expect(await unaskedDeath(system)).toBe('nobody died');
    },
    5 * MINUTES,
  );

  it(
    'goes on when an engine is stopped and started again by test',
    async () => {
      const system = await start();
      const { mongo } = system.engines;
      await mongo?.kill();
      await mongo?.restart();
      await eventually('it works again', async () => (await keep(system, 'after the crash')) === 201);
      expect(await unaskedDeath(system)).toBe('nobody died');
    },
    5 * MINUTES,
  );

  it(
    'leaves nothing of what a service had started itself',
    async () => {
      const [tickets] = notesRows;
      if (tickets === undefined) throw new Error('no rows');
      const env = () => ({ NAME: 'tickets', START_ANOTHER: 'yes' });
      const system = await start({ services: [{ ...tickets, env }] });
      const log = readFileSync(system.service('tickets').logFile, 'utf8');
      const pid = Number(/"another":(\d+)/.exec(log)?.[1]);
      const another = { pid, startTime: startTimeOf(pid) };
      expect(isRunning(another)).toBe(true);
      await system.stop();
      await eventually('it is gone', () => !isRunning(another));
    },
    5 * MINUTES,
  );

  it(
    'tells of a service that dies, and restarts nothing',
    async () => {
      const shown: LogLine[] = [];
      const system = await start({ showLog: (line) => shown.push(line) });
      const { pid, logFile } = system.service('tickets');
      await fetch(`${system.baseUrl}/api/tickets/die`).catch(() => undefined);
      expect(await system.died).toEqual({ name: 'tickets', pid, how: 'ended with code 7', logFile });
      expect(system.service('tickets').isRunning).toBe(false);
      await eventually('its last words are shown', () =>
        shown.some(({ message, level }) => message === 'something unthinkable' && level === 'fatal'),
      );
    },
    5 * MINUTES,
  );

  it(
    'tells of an engine that dies',
    async () => {
      const system = await start();
      const { pid = 0 } = system.engines.broker ?? {};
      process.kill(pid, 'SIGKILL');
      expect(await system.died).toMatchObject({
        name: 'nats-streaming-server',
        pid,
        how: 'was ended by SIGKILL',
      });
    },
    5 * MINUTES,
  );
});

describe('a start', () => {
  const refusal = async (options: Partial<SystemOptions>): Promise<Error> => {
    const outcome = await start(options).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(StartRefused);
    return outcome as Error;
  };

  it(
    'beside a live one with the same data is refused, and does it no harm',
    async () => {
      const home = newHome();
      const live = await start({ home });
      const { message } = await refusal({ home });
      expect(message).toContain(`ticketing.dev runs already with the data in ${home}`);
      expect(message).toContain(`process ${process.pid}, ${live.baseUrl}`);
      expect(message).toContain(`kill ${process.pid}`);
      expect(await keep(live, 'still here')).toBe(201);
      expect(existsSync(path.join(home, 'run.json'))).toBe(true);
    },
    5 * MINUTES,
  );

  it(
    'of two at once: one wins, the other is refused',
    async () => {
      const home = newHome();
      const outcomes = await Promise.allSettled([start({ home }), start({ home })]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    },
    5 * MINUTES,
  );

  it(
    'that is killed takes everything with it',
    async () => {
      const supervisor = runProcess('start-notes.ts', [newHome()], process.env);
      await eventuallyReady(() => supervisor.printed().includes('\n'), supervisor.complained);
      const processes = identitiesOf(JSON.parse(supervisor.printed()));
      expect(processes.every(isRunning)).toBe(true);
      supervisor.child.kill('SIGKILL');
      await eventually('all of it is gone', () => !processes.some(isRunning));
    },
    5 * MINUTES,
  );

  it(
    'after a supervisor that was killed ends what it left, and nobody else',
    async () => {
      const home = newHome();
      const supervisor = runProcess('start-notes.ts', [home], process.env);
      await eventuallyReady(() => supervisor.printed().includes('\n'), supervisor.complained);
      const run: RunFile = JSON.parse(supervisor.printed());
      expect(await keep(run, 'kept')).toBe(201);
      // Held still, they neither notice that the supervisor dies nor end by themselves: as a machine under load does.
      const left = identitiesOf(run).filter(({ name }) => name === 'tickets' || name === 'auth');
      for (const { pid } of left) process.kill(pid, 'SIGSTOP');
      supervisor.child.kill('SIGKILL');
      await supervisor.ended;
      expect(left.every(isRunning)).toBe(true);

      // A pid that was one of theirs and is somebody else's by now.
      const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
      ends.push(() => stranger.kill('SIGKILL'));
      await once(stranger, 'spawn');
      const record = path.join(home, 'processes.json');
      const recorded = JSON.parse(readFileSync(record, 'utf8'));
      const { startTime } = recorded.processes[0];
      recorded.processes.push({ name: 'orders', role: 'service', pid: stranger.pid, startTime });
      writeFileSync(record, JSON.stringify(recorded));

      const reported: string[] = [];
      const second = await start({ home, report: (line) => reported.push(line) });
      expect(left.filter(isRunning)).toEqual([]);
      expect(stranger.exitCode).toBeNull();
      expect(stranger.signalCode).toBeNull();
      expect(reported.join('\n')).toMatch(/The last run did not stop: ending .*tickets/);
      expect((await ask(second)).notes).toEqual(['kept']);
    },
    5 * MINUTES,
  );

  it('says whom it waits for while another start is cleaning up, and can be given up meanwhile', async () => {
    const home = newHome();
    const other = runProcess('hold-lock.ts', [homeAt(home).lock], process.env);
    await eventuallyReady(() => other.printed().includes('locked'), other.complained);
    const stop = new AbortController();
    const reported: string[] = [];
    const starting = start({
      home,
      signal: stop.signal,
      report: (line) => {
        reported.push(line);
        stop.abort(new Error('given up'));
      },
    });
    await expect(starting).rejects.toThrow('given up');
    expect(reported).toEqual([
      `Waiting for process ${other.child.pid}, which is starting with the same data …`,
    ]);
  });

  it('can be given up while it ends what the last run left, and the next one goes on with that', async () => {
    const home = newHome();
    makeHome(homeAt(home));
    const script =
      'process.on("SIGTERM", () => console.log("not yet")).stdout.write("up"); setInterval(() => {}, 1000)';
    const left = spawn(process.execPath, ['-e', script], { detached: true });
    ends.push(() => left.kill('SIGKILL'));
    await once(left.stdout, 'data');
    const { pid = 0 } = left;
    const record = JSON.stringify({
      supervisor: { pid: 1, startTime: 'long ago' },
      processes: [{ name: 'mongod', role: 'engine', pid, startTime: startTimeOf(pid) }],
    });
    writeFileSync(homeAt(home).processesFile, record);
    const stop = new AbortController();
    const report = () => void left.stdout.once('data', () => stop.abort(new Error('given up')));
    await expect(start({ home, signal: stop.signal, report })).rejects.toThrow('given up');
    expect(left.exitCode).toBeNull();
    expect(readFileSync(homeAt(home).processesFile, 'utf8')).toBe(record);
  });

  it('on a port that is taken is refused, and says what to do', async () => {
    const somebody = createServer();
    somebody.listen(0, '127.0.0.1');
    await once(somebody, 'listening');
    ends.push(() => somebody.close());
    const { port } = somebody.address() as AddressInfo;
    const home = newHome();
    const { message } = await refusal({ home, port });
    expect(message).toBe(
      `Port ${port} is taken by another program.\nStop that one, or give another port: PORT=${port + 1} npm start`,
    );
    expect(existsSync(path.join(home, 'processes.json'))).toBe(false);
  });

  it(
    'listens on the port it is given',
    async () => {
      const probe = createTcpServer().listen(0, '127.0.0.1');
      await once(probe, 'listening');
      const { port } = probe.address() as AddressInfo;
      probe.close();
      await once(probe, 'close');
      expect((await start({ port })).baseUrl).toBe(`http://localhost:${port}`);
    },
    5 * MINUTES,
  );

  it(
    'takes other ports when somebody takes one of its own at the last moment',
    async () => {
      const somebody = createServer();
      somebody.listen(0, '127.0.0.1');
      await once(somebody, 'listening');
      ends.push(() => somebody.close());
      const taken = String((somebody.address() as AddressInfo).port);
      const [tickets] = notesRows;
      if (tickets === undefined) throw new Error('no rows');
      let tries = 0;
      const env = () => {
        tries += 1;
        return { NAME: 'tickets', ...(tries === 1 ? { PORT: taken } : {}) };
      };
      const system = await start({ services: [{ ...tickets, env }] });
      expect(tries).toBe(2);
      expect(await keep(system, 'elsewhere')).toBe(201);
    },
    5 * MINUTES,
  );

  it(
    'with a service that does not come up stops the rest, and shows the end of its log',
    async () => {
      const home = newHome();
      const [tickets, auth] = notesRows;
      if (tickets === undefined || auth === undefined) throw new Error('no rows');
      const before = childrenOfThisProcess();
      const { message } = await refusal({
        home,
        services: [tickets, { ...auth, env: () => ({ NAME: 'auth', REFUSE_TO_START: 'yes' }) }],
      });
      expect(message).toContain('auth did not start: it ended with code 3.');
      expect(message).toMatch(/auth\.log\) ends with:\n.*fatal I have a reason not to start/);
      expect(childrenOfThisProcess().filter((pid) => !before.includes(pid))).toEqual([]);
      expect(existsSync(path.join(home, 'processes.json'))).toBe(false);
    },
    5 * MINUTES,
  );

  it.each([
    {
      victim: 'tickets',
      how: 'ended with code 7',
      lastWords: /tickets\.log\) ends with:\n.*something unthinkable/s,
      end: (port: number) => fetch(`http://127.0.0.1:${port}/api/tickets/die`).catch(() => undefined),
    },
    {
      victim: 'nats-streaming-server',
      how: 'was ended by SIGKILL',
      lastWords: /nats-streaming-server\.log\) ends with:\n.*Streaming Server is ready/s,
      end: (_port: number, home: string) => {
        const { processes } = JSON.parse(readFileSync(path.join(home, 'processes.json'), 'utf8'));
        const { pid } = processes.find(({ name }: { name: string }) => name === 'nats-streaming-server');
        process.kill(pid, 'SIGKILL');
      },
    },
  ])(
    'during which $victim dies, when it had been ready, says so and shows the end of its log',
    async ({ victim, how, lastWords, end }) => {
      const home = newHome();
      const [tickets, auth] = notesRows;
      if (tickets === undefined || auth === undefined) throw new Error('no rows');
      const before = childrenOfThisProcess();
      const { message } = await refusal({
        home,
        services: [tickets, { ...auth, env: () => ({ NAME: 'auth', NEVER_READY: 'yes' }) }],
        report: (line) => {
          const port = /^tickets on port (\d+)$/.exec(line)?.[1];
          if (port !== undefined) end(Number(port), home);
        },
      });
      expect(message).toContain(`${victim} ${how} while the rest was starting.`);
      expect(message).toMatch(lastWords);
      expect(message).toContain('run npm start again');
      expect(childrenOfThisProcess().filter((pid) => !before.includes(pid))).toEqual([]);
    },
    5 * MINUTES,
  );

  it(
    'that is no longer wanted stops what it had begun',
    async () => {
      const home = newHome();
      const stop = new AbortController();
      const before = childrenOfThisProcess();
      const starting = start({
        home,
        signal: stop.signal,
        report: (line) => {
          if (line.startsWith('mongod')) stop.abort();
        },
      });
      await expect(starting).rejects.toThrow();
      await eventually('nothing of it is left', () =>
        childrenOfThisProcess().every((pid) => before.includes(pid)),
      );
      expect(existsSync(path.join(home, 'processes.json'))).toBe(false);
    },
    5 * MINUTES,
  );

  it(
    'uses servers that run already, and leaves them running',
    async () => {
      const theirs = await start({ services: [] });
      const { engines, run } = theirs;
      const system = await start({
        env: { MONGO_URL: run.mongoUri, NATS_URL: run.natsUrl, NATS_MONITOR_URL: 'http://theirs:8222' },
      });
      expect(system.run.natsMonitorUrl).toBe('http://theirs:8222');
      expect(system.engines).toEqual({ mongo: undefined, broker: undefined, redis: undefined });
      expect(system.run.processes.map(({ name }) => name)).toEqual(['tickets', 'auth', 'gateway']);
      expect(await keep(system, 'in their database')).toBe(201);
      await system.stop();
      expect(
        isRunning({ pid: engines.mongo?.pid ?? 0, startTime: startTimeOf(engines.mongo?.pid ?? 0) }),
      ).toBe(true);
    },
    5 * MINUTES,
  );

  it.each([
    ['MONGO_URL', 'mongodb://user:secret@127.0.0.1:1/'],
    ['NATS_URL', 'nats://user:secret@127.0.0.1:1,nats://127.0.0.1:2'],
    ['REDIS_URL', 'redis://user:secret@127.0.0.1:1'],
  ])(
    'with a server at %s that does not answer is refused, without telling its password',
    async (name, url) => {
      const [tickets] = notesRows;
      if (tickets === undefined) throw new Error('no rows');
      const { message } = await refusal({
        services: [{ ...tickets, needs: ['mongo', 'broker', 'redis'] }],
        env: { [name]: url },
      });
      expect(message).toContain(`${name} names a server that does not answer`);
      expect(message).toContain(`unset ${name}`);
      expect(message).not.toContain('secret');
    },
    5 * MINUTES,
  );

  it.each<{ what: string; there: Transport; transport: Transport; says: RegExp }>([
    {
      what: 'JetStream where NATS Streaming is wanted',
      there: 'jetstream',
      transport: 'nats-streaming',
      says: /^NATS_URL names a server that has no NATS Streaming cluster “ticketing”\.\n.*--cluster_id ticketing, set TRANSPORT=jetstream .*, or unset NATS_URL/,
    },
    {
      what: 'NATS Streaming where JetStream is wanted',
      there: 'nats-streaming',
      transport: 'jetstream',
      says: /^NATS_URL names a server that has no JetStream\.\n.*--jetstream, unset TRANSPORT .*, or unset NATS_URL/,
    },
  ])(
    'with $what is refused, since no event would ever arrive',
    async ({ there, transport, says }) => {
      const { run } = await start({ services: [], transport: there });
      const { message } = await refusal({
        transport,
        env: { NATS_URL: run.natsUrl, MONGO_URL: run.mongoUri },
      });
      expect(message).toMatch(says);
    },
    5 * MINUTES,
  );

  it('in a folder that cannot be used is refused', async () => {
    const file = path.join(folder, 'a file');
    writeFileSync(file, '');
    const { message } = await refusal({ home: path.join(file, 'data') });
    expect(message).toContain('TICKETING_HOME=');
  });

  it(
    'keeps its data to its owner',
    async () => {
      const home = newHome();
      mkdirSync(path.join(home, 'keys'), { recursive: true, mode: 0o755 });
      await start({ home });
      for (const inside of ['keys', 'data', 'logs']) {
        expect(statSync(path.join(home, inside)).mode & 0o077).toBe(0);
      }
      for (const file of ['run.json', 'logs/tickets.log']) {
        expect(statSync(path.join(home, file)).mode & 0o077).toBe(0);
      }
    },
    5 * MINUTES,
  );
});

const eventuallyReady = async (isReady: () => boolean, complained: () => string): Promise<void> => {
  try {
    await eventually('it is ready', isReady);
  } catch (error) {
    throw new Error(`${error}\n${complained()}`);
  }
};

/** Those that run, without zombies and without the watchdog of the engines, which stays for the next ones. */
const childrenOfThisProcess = (): number[] =>
  readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter(Boolean)
    .map(Number)
    .filter((pid) => startTimeOf(pid) !== undefined && !commandOf(pid).includes('watchdog.mjs'));

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};

describe('a system run from its sources (npm run dev)', () => {
  it(
    'starts a service anew when a source has changed, and leaves nothing behind',
    async () => {
      const sources = path.join(newHome(), 'tickets', 'src');
      mkdirSync(sources, { recursive: true });
      const write = (file: string, content: string) => writeFileSync(path.join(sources, file), content);
      write('word.ts', "export const word: string = 'first';\n");
      write(
        'main.ts',
        `
        import { createServer } from 'node:http';
        import { word } from './word.ts';
        const { pid, env: { SESSION_PRIVATE_KEYS: keys } } = process;
        createServer((_request, response) => response.end(JSON.stringify({ word, pid, keys })))
          .listen(Number(process.env.PORT), '127.0.0.1');
        `,
      );
      const folder = path.dirname(sources);
      const system = await start({
        services: [{ name: 'tickets', folder, needs: ['private session keys'], readyPath: '/readyz' }],
        // Would fail: there is nothing here to compile.
        build: true,
        dev: true,
      });
      const said = async () => {
        const answer = await fetch(`${system.baseUrl}/api/tickets`);
        // While it starts anew, the gateway says that it is away.
        return (answer.ok ? await answer.json() : { word: '', pid: 0, keys: '' }) as {
          word: string;
          pid: number;
          keys: string;
        };
      };
      const first = await said();
      expect(first.word).toBe('first');
      expect(JSON.parse(readFileSync(first.keys, 'utf8')).keys).toHaveLength(1);
      const processes = [{ pid: first.pid, startTime: startTimeOf(first.pid) }];

      write('word.ts', "export const word: string = 'second';\n");
      await eventually('the new word', async () => (await said()).word === 'second');
      const second = await said();
      processes.push({ pid: second.pid, startTime: startTimeOf(second.pid) });
      expect(processes.map(isRunning)).toEqual([false, true]);
      await system.stop();
      expect(processes.filter(isRunning)).toEqual([]);
    },
    5 * MINUTES,
  );

  it('makes keys for sessions in a fresh clone, where nothing of auth is compiled', async () => {
    const auth = path.join(newHome(), 'auth');
    cpSync(path.join(root, 'auth/src/keys'), path.join(auth, 'src/keys'), { recursive: true });
    cpSync(path.join(root, 'auth/package.json'), path.join(auth, 'package.json'));
    symlinkSync(path.join(root, 'node_modules'), path.join(auth, 'node_modules'));
    const home = homeAt(newHome());
    makeHome(home);
    await keepSessionKeys(home, auth);
    const made = readFileSync(home.privateKeys, 'utf8');
    await keepSessionKeys(home, auth);
    expect(readFileSync(home.privateKeys, 'utf8')).toBe(made);
    expect(existsSync(home.publicKeys)).toBe(true);
  });
});
