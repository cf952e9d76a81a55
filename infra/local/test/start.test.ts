import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { isRunning, startTimeOf } from '../process-identity.mjs';
import { demo, demoPosts, demoTickets } from '../seed/demo.ts';
import { type RunFile, startSystem } from '../supervisor/index.ts';
import { start } from './start-command.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The real thing: what `npm start` runs, with the real services, built where they are not. */
const MINUTES = 60_000;
const folder = temporaryFolder('start');
let homes = 0;
const newHome = (): string => {
  homes += 1;
  return path.join(folder, String(homes));
};

const identitiesOf = ({ processes }: RunFile) =>
  processes.map(({ name, pid }) => ({ name, pid, startTime: startTimeOf(pid) }));

/** When a service logged this, in the last run. */
const timeOf = (home: string, service: string, message: string): number => {
  const lines = readFileSync(path.join(home, `logs/${service}.log`), 'utf8').split('\n');
  const line = lines.find((each) => each.includes(`"msg":"${message}"`));
  return JSON.parse(line ?? '{}').time;
};

const signIn = async (baseUrl: string, email: string) => {
  const answer = await fetch(`${baseUrl}/api/users/signin`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password: demo.password }),
  });
  return {
    status: answer.status,
    cookie: answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';', 1)[0])
      .join('; '),
  };
};

const titles = async (baseUrl: string, query = ''): Promise<string[]> => {
  const answer = await fetch(`${baseUrl}/api/tickets?limit=100${query}`);
  const tickets = (await answer.json()) as { title: string }[];
  return tickets.map(({ title }) => title);
};

describe('npm start', () => {
  it(
    'ends with a shop that works; stopped and started again, everything is still there',
    async () => {
      const home = newHome();
      const first = start(home, { npm: true, args: [] });
      const run = await first.ready();
      const { baseUrl } = run;
      expect(first.printed()).toContain(`\nReady: ${baseUrl}\n`);
      expect(first.printed()).toMatch(
        new RegExp(`Sign in +${demo.buyer.email} or ${demo.seller.email}, password ${demo.password}`),
      );
      expect(first.printed()).toContain(`Shop      open ${baseUrl} in a browser`);
      expect(first.printed()).toContain('card 4242 4242 4242 4242');
      const page = await fetch(baseUrl);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(/<title>(.*?)<\/title>/.exec(await page.text())?.[1]).toBe('Tickets · ticketing.dev');
      // Not a terminal: no colours.
      expect(first.printed()).not.toContain('\u001b');

      expect((await signIn(baseUrl, demo.buyer.email)).status).toBe(200);
      const { cookie } = await signIn(baseUrl, demo.seller.email);
      expect((await titles(baseUrl)).sort()).toEqual(demoTickets.map(({ title }) => title).sort());
      const created = await fetch(`${baseUrl}/api/tickets`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Cookie: cookie },
        body: JSON.stringify({ title: 'Kept over night', price: 20 }),
      });
      expect(created.status).toBe(201);

      const processes = identitiesOf(run);
      expect(processes.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['mongod', 'nats-streaming-server', 'auth', 'tickets', 'client', 'gateway']),
      );
      first.child.kill('SIGTERM');
      await first.ended;
      expect(processes.filter(isRunning)).toEqual([]);
      expect(first.printed()).toContain('Stopped. The data is kept for the next npm start.');
      expect(existsSync(path.join(home, 'run.json'))).toBe(false);

      const second = start(home);
      const again = await second.ready();
      expect(await titles(again.baseUrl)).toHaveLength(demoTickets.length + 1);
      expect(await titles(again.baseUrl, '&q=kept over')).toEqual(['Kept over night']);
      // The session too: keys are made once.
      const me = await fetch(`${again.baseUrl}/api/users/currentuser`, { headers: { Cookie: cookie } });
      expect(await me.json()).toMatchObject({ currentUser: { email: demo.seller.email } });

      const third = start(home);
      expect(await third.ended).toBe(1);
      expect(third.complained()).toContain('ticketing.dev runs already with the data in');
      expect(third.complained()).toContain(again.baseUrl);

      // A terminal sends a Ctrl-C to every process of its group, and npm, which is one of them, passes it on.
      process.kill(-(second.child.pid ?? 0), 'SIGINT');
      second.child.kill('SIGINT');
      expect(await second.ended).toBe(0);
      expect(timeOf(home, 'tickets', 'stopping')).toBeGreaterThan(
        timeOf(home, 'gateway', 'accepting no more requests'),
      );
    },
    10 * MINUTES,
  );

  it(
    'says which service died and how its log ends, and stops everything',
    async () => {
      const home = newHome();
      const running = start(home, { args: ['--no-client', '--no-seed'] });
      const run = await running.ready();
      const processes = identitiesOf(run);
      const { pid = 0 } = processes.find(({ name }) => name === 'tickets') ?? {};
      process.kill(pid, 'SIGKILL');
      expect(await running.ended).toBe(1);
      const complaint = running.complained();
      expect(complaint).toContain(
        `tickets (process ${pid}) was ended by SIGKILL, and nobody had asked it to.`,
      );
      expect(complaint).toContain(`Its log (${path.join(home, 'logs/tickets.log')}) ends with:`);
      expect(complaint).toMatch(/^ {2}\S+ +tickets +ready port=/m);
      expect(complaint).toContain('run npm start again');
      expect(processes.filter(isRunning)).toEqual([]);
    },
    10 * MINUTES,
  );

  it(
    'works on when nobody reads what it says, and stops when its terminal is closed',
    async () => {
      const running = start(newHome(), { args: ['--no-client', '--no-seed'], env: { LOG_LEVEL: 'debug' } });
      const run = await running.ready();
      const processes = identitiesOf(run);
      running.child.stdout.destroy();
      running.child.stderr.destroy();
      // Each of them is a line in a log, which it tries to show.
      for (let i = 0; i < 20; i += 1) expect((await fetch(`${run.baseUrl}/api/tickets`)).status).toBe(200);
      running.child.kill('SIGHUP');
      expect(await running.ended).toBe(0);
      expect(processes.filter(isRunning)).toEqual([]);
    },
    10 * MINUTES,
  );

  it(
    'stopped while it is starting leaves nothing',
    async () => {
      const home = newHome();
      const starting = start(home);
      await new Promise<void>((resolve) => {
        starting.child.stdout.on('data', () => {
          if (starting.printed().includes('mongod')) resolve();
        });
      });
      starting.child.kill('SIGINT');
      expect(await starting.ended).toBe(0);
      expect(starting.printed()).toContain('Stopped before it was ready.');
      expect(existsSync(path.join(home, 'processes.json'))).toBe(false);
    },
    10 * MINUTES,
  );

  it(
    'refuses settings and flags that it does not know, before it does anything',
    async () => {
      const home = newHome();
      const bad = start(home, { env: { TRANSPORT: 'kafka', ORDER_HOLD_SECONDS: 'long' } });
      expect(await bad.ended).toBe(1);
      expect(bad.complained()).toMatch(/ORDER_HOLD_SECONDS must be .*\n {2}TRANSPORT must be/);
      expect(await start(home, { args: ['--no-clients'] }).ended).toBe(1);
      expect(existsSync(home)).toBe(false);
    },
    MINUTES,
  );

  it(
    'explains itself',
    async () => {
      const help = start(newHome(), { args: ['--help'] });
      expect(await help.ended).toBe(0);
      for (const name of ['PORT', 'TICKETING_HOME', 'STRIPE_SECRET_KEY', '--no-seed']) {
        expect(help.printed()).toContain(name);
      }
    },
    MINUTES,
  );
});

interface Post {
  readonly text: string;
  readonly author: { readonly handle: string };
  readonly likes: number;
  readonly comments: number;
}

describe('the demo data', () => {
  it(
    'is put in once, and completed where that was interrupted',
    async () => {
      const home = newHome();
      const first = await startSystem({ home, seed: true });
      expect(await titles(first.baseUrl)).toHaveLength(demoTickets.length);

      // As if it had been interrupted before the last three, and somebody had withdrawn a ticket since.
      const { cookie } = await signIn(first.baseUrl, demo.seller.email);
      const headers = { Cookie: cookie };
      const list = await fetch(`${first.baseUrl}/api/tickets?userId=me&limit=100`, { headers });
      const [withdrawn, ...others] = (await list.json()) as { id: string; title: string }[];
      await fetch(`${first.baseUrl}/api/tickets/${withdrawn?.id}`, { method: 'DELETE', headers });
      const talk = async (baseUrl: string) => {
        const posts = (await (await fetch(`${baseUrl}/api/posts?limit=100`)).json()) as Post[];
        return posts.map(({ text, author, likes, comments }) => [text, author.handle, likes, comments]);
      };
      const said = demoPosts.map(({ text, by, likedBy, comments = [] }) => [
        text,
        by,
        likedBy.length,
        comments.length,
      ]);
      expect(await talk(first.baseUrl)).toEqual(said.toReversed());
      const client = await MongoClient.connect(first.run.mongoUri);
      const missing = others.slice(-3).map(({ title }) => title);
      const { deletedCount } = await client
        .db('tickets')
        .collection('tickets')
        .deleteMany({ title: { $in: missing } });
      expect(deletedCount).toBe(3);
      await client.close();
      await first.stop();
      rmSync(path.join(home, 'seeded.json'));

      const second = await startSystem({ home, seed: true });
      try {
        const expected = demoTickets.map(({ title }) => title).filter((title) => title !== withdrawn?.title);
        expect((await titles(second.baseUrl)).sort()).toEqual(expected.sort());
        expect(await talk(second.baseUrl)).toEqual(said.toReversed());
        expect(existsSync(path.join(home, 'seeded.json'))).toBe(true);
      } finally {
        await second.stop();
      }
    },
    10 * MINUTES,
  );
});
