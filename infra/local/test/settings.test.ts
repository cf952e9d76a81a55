import { describe, expect, it } from '@jest/globals';
import { readFlags, readSettings } from '../supervisor/settings.ts';

const places = { root: '/repository', cwd: '/somewhere' };
const all = { client: true, seed: true, without: undefined, dev: false };
const read = (env: Record<string, string>) => readSettings(env, all, places);

describe('the settings of npm start', () => {
  it('need not be given', () => {
    expect(read({})).toEqual({
      home: '/repository/.data',
      port: 3000,
      holdSeconds: 900,
      transport: 'nats-streaming',
      mongoUrl: undefined,
      natsUrl: undefined,
      natsMonitorUrl: undefined,
      redisUrl: undefined,
      stripe: {
        secretKey: undefined,
        publishableKey: undefined,
        webhookSecret: undefined,
        apiBase: undefined,
      },
      cookieSecure: false,
      rateLimits: true,
      logLevel: 'info',
      client: true,
      seed: true,
      dev: false,
    });
  });

  it('are read from the environment', () => {
    expect(
      read({
        PORT: '0',
        ORDER_HOLD_SECONDS: '5',
        TICKETING_HOME: 'data',
        TRANSPORT: 'jetstream',
        MONGO_URL: 'mongodb://a:1,b:2/?replicaSet=r',
        NATS_URL: 'nats://a:4222',
        NATS_MONITOR_URL: 'http://a:8222',
        REDIS_URL: 'redis://a:6379',
        STRIPE_SECRET_KEY: 'sk_test_1',
        STRIPE_API_BASE: 'http://127.0.0.1:12111',
        COOKIE_SECURE: 'on',
        RATE_LIMITS: 'off',
        LOG_LEVEL: 'debug',
      }),
    ).toMatchObject({
      home: '/somewhere/data',
      port: 0,
      holdSeconds: 5,
      transport: 'jetstream',
      mongoUrl: 'mongodb://a:1,b:2/?replicaSet=r',
      natsUrl: 'nats://a:4222',
      natsMonitorUrl: 'http://a:8222',
      redisUrl: 'redis://a:6379',
      stripe: { secretKey: 'sk_test_1', apiBase: 'http://127.0.0.1:12111' },
      cookieSecure: true,
      rateLimits: false,
      logLevel: 'debug',
    });
  });

  it('that are set to nothing are not set', () => {
    expect(read({ PORT: '', MONGO_URL: '' })).toMatchObject({ port: 3000, mongoUrl: undefined });
  });

  it('that are bad are listed all at once, without their values', () => {
    const bad = {
      PORT: '70000',
      ORDER_HOLD_SECONDS: '-1',
      TRANSPORT: 'kafka',
      MONGO_URL: 'postgres://secret',
      NATS_URL: 'nats://',
      NATS_MONITOR_URL: 'secret:8222',
      REDIS_URL: 'secret',
      COOKIE_SECURE: 'yes',
      RATE_LIMITS: 'none',
      STRIPE_API_BASE: 'secret',
      LOG_LEVEL: 'loud',
    };
    let message = '';
    try {
      read(bad);
    } catch (error) {
      message = String(error);
    }
    for (const name of Object.keys(bad)) expect(message).toMatch(new RegExp(`^  ${name} must be `, 'm'));
    expect(message).toContain('PORT must be a whole number from 0 to 65535');
    expect(message).toContain('npm start -- --help');
    expect(message).not.toMatch(/secret|kafka|70000/);
  });

  it.each(['1e3', ' 1', '3000x', '1.5', '99999999999999999'])('know no port %s', (PORT) => {
    expect(() => read({ PORT })).toThrow('PORT must be a whole number');
  });
});

describe('the flags of npm start', () => {
  it('leave things out', () => {
    expect(readFlags([])).toEqual({ client: true, seed: true, dev: false, help: false });
    expect(readFlags(['--without', 'orders'])).toMatchObject({ seed: false, without: 'orders' });
    expect(readFlags(['--no-client', '--no-seed'])).toEqual({
      client: false,
      seed: false,
      dev: false,
      help: false,
    });
    expect(readFlags(['--dev'])).toEqual({ client: true, seed: true, dev: true, help: false });
  });

  it('leave out no service that there is not', () => {
    expect(() => readFlags(['--without', 'order'])).toThrow(
      '--without order: must be auth or tickets or orders',
    );
  });

  it.each([['--no-clients'], ['extra']])('that nobody knows are refused: %s', (flag) => {
    expect(() => readFlags([flag])).toThrow('Flags are --no-client, --no-seed, --without, --dev, --help');
  });
});
