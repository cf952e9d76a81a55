import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readReconcileConfig } from '../src/config.ts';
import { copyOfTicket } from './builders.ts';
import { openWorld, type World } from './world.ts';

const TEST_MS = 120_000;
const REDIS_DATABASE = 10;

let world: World;
beforeAll(async () => {
  world = await openWorld(REDIS_DATABASE);
}, TEST_MS);
afterAll(() => world?.end());
afterEach(() => world.clear());

const settings = () => ({
  TICKETS_MONGO_URL: world.urls.tickets,
  ORDERS_MONGO_URL: world.urls.orders,
  PAYMENTS_MONGO_URL: world.urls.payments,
  EXPIRATION_REDIS_URL: `${process.env.TEST_REDIS_URL}/${REDIS_DATABASE}`,
  STRIPE_SECRET_KEY: world.stripe.secretKey,
  STRIPE_API_BASE: world.stripe.url,
  DEPLOYMENT: world.deployment(),
});

/** As an operator runs it, but from the source. */
const command = (
  given: readonly string[],
  env: Record<string, string> = settings(),
): Promise<{ status: number; out: string; err: string }> => {
  const folder = path.join(import.meta.dirname, '..');
  const source = ['--import', 'tsx', '--conditions=ticketing-source', path.join(folder, 'src/main.ts')];
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { PATH: process.env.PATH, ...env } };
    execFile(process.execPath, [...source, ...given], options, (error, out, err) =>
      resolve({ status: error === null ? 0 : Number(error.code), out, err }),
    );
  });
};

describe('the command', () => {
  it(
    'says what it compared, and that everything agrees',
    async () => {
      await world.paid();
      const { status, out, err } = await command([]);
      expect(err).toBe('');
      expect(status).toBe(0);
      const lines = out.split('\n');
      expect(lines.slice(0, 2)).toEqual([
        'INVARIANT               CHECKED  DIFFERENCES',
        'one holder              1        0',
      ]);
      expect(lines.slice(-3)).toEqual(['', 'Everything agrees.', '']);
      expect(lines).toContain('no dead letters         4        0');
    },
    TEST_MS,
  );

  it(
    'lists what differs, as text and as JSON, and says so by its status',
    async () => {
      const { ticket } = await world.reserved();
      await world.putCopy('orders', { ...copyOfTicket(ticket), title: 'Nils' });
      const detail =
        'the copy in orders has the same version 1 with other content: title is "Nils" and not "Nils Frahm"';
      const listed = await command(['--all', '--second-look', '0ms']);
      expect(listed.status).toBe(1);
      expect(listed.out).toContain('replica is its source   2        1\n');
      expect(listed.out).toMatch(
        new RegExp(`\\n\\nreplica is its source  ticket ${ticket.id}  ${detail}\\n\\n1 difference\\.\\n$`),
      );
      const asJson = await command(['--since', '7d', '--second-look', '0s', '--json']);
      expect(asJson.status).toBe(1);
      expect(JSON.parse(asJson.out)).toMatchObject({
        checked: { 'one holder': 1 },
        findings: [{ invariant: 'replica is its source', about: 'ticket', id: ticket.id, detail }],
      });
    },
    TEST_MS,
  );

  it(
    'ends with 1 where not all could be compared, and says what could not',
    async () => {
      const { out, err, status } = await command([], { ...settings(), STRIPE_SECRET_KEY: 'sk_wrong_4711' });
      expect({ out, status }).toEqual({ out: '', status: 1 });
      expect(err).toMatch(/^Not all could be compared: Stripe did not answer: .*401/);
      expect(err).not.toContain('4711');
      const nobody = { ...settings(), ORDERS_MONGO_URL: 'mongodb://127.0.0.1:1/orders' };
      expect(await command([], nobody)).toMatchObject({
        status: 1,
        err: expect.stringContaining('Not all could be compared: the store of orders: '),
      });
    },
    TEST_MS,
  );

  it(
    'ends with 2 for settings that are missing or bad, all of them at once',
    async () => {
      const bad = { ...settings(), STRIPE_SECRET_KEY: 'pk_test_1', STRIPE_API_BASE: 'http://127.0.0.1:1/v1' };
      const { TICKETS_MONGO_URL: _url, ...some } = bad;
      expect(await command([], some)).toEqual({
        status: 2,
        out: '',
        err:
          'Bad settings in the environment:\n' +
          '  TICKETS_MONGO_URL: is not set\n' +
          '  STRIPE_SECRET_KEY: must be a secret key of Stripe (sk_… or rk_…)\n' +
          '  STRIPE_API_BASE: must be a server alone, as https://host:port, without a path\n',
      });
      expect(readReconcileConfig(settings())).toMatchObject({ STRIPE_TIMEOUT_MS: 5_000 });
      const {
        EXPIRATION_REDIS_URL: _redis,
        STRIPE_API_BASE: _base,
        DEPLOYMENT: _name,
        ...least
      } = settings();
      expect(readReconcileConfig(least)).toMatchObject({ DEPLOYMENT: 'ticketing' });
    },
    TEST_MS,
  );

  it.each([
    [['--since', 'yesterday'], '--since yesterday: must be like 30m, 24h, or 7d'],
    [['--since', '30s'], '--since 30s: must be like 30m, 24h, or 7d'],
    [['--since', '2d', '--all'], '--since and --all: say only one of them'],
    [['--second-look', '1d'], '--second-look 1d: must be like 500ms, 30s, or 5m'],
    [['--fix'], "Unknown option '--fix'"],
  ])('ends with 2 for %j', async (given, why) => {
    const { status, out, err } = await command(given, {});
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(why);
  });

  it('tells how it is used', async () => {
    expect(await command(['--help'], {})).toMatchObject({
      status: 0,
      out: expect.stringContaining('Usage: reconcile'),
    });
  });
});
