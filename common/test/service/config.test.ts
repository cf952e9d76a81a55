import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  ConfigError,
  currencySetting,
  httpSettings,
  mongoSettings,
  readConfig,
  serviceSettings,
} from '../../src/service/index.ts';
import { testSessions } from '../../src/testing/index.ts';

const shape = { ...serviceSettings, ...mongoSettings, ...httpSettings, ...currencySetting };
const { jwks } = testSessions();
const right = {
  NATS_URL: 'nats://127.0.0.1:4222',
  MONGO_URL: 'mongodb://127.0.0.1:27017/tickets',
  SESSION_PUBLIC_KEYS: JSON.stringify(jwks),
};

const folder = mkdtempSync(path.join(tmpdir(), 'ticketing-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What is said of bad settings. */
const complaint = (env: NodeJS.ProcessEnv): string => {
  try {
    readConfig(shape, env);
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
};

describe('settings', () => {
  it('are few where the usual ones are right', () => {
    expect(readConfig(shape, right)).toEqual({
      ...right,
      SESSION_PUBLIC_KEYS: jwks,
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: 3000,
      LOG_LEVEL: 'info',
      TRANSPORT: 'nats-streaming',
      NATS_CLUSTER_ID: 'ticketing',
      STOP_SECONDS: 25,
      COOKIE_SECURE: true,
      TRUST_PROXY_HOPS: 0,
      RATE_LIMITS: true,
      CURRENCY: 'usd',
    });
  });

  it('that are set to nothing count as not set', () => {
    expect(readConfig(shape, { ...right, PORT: '', CURRENCY: '' })).toMatchObject({
      PORT: 3000,
      CURRENCY: 'usd',
    });
    expect(complaint({ ...right, MONGO_URL: '' })).toContain('MONGO_URL: is not set');
  });

  it('are all told of at once when they are wrong, and never with their values', () => {
    const secret = 's3cr3t';
    const said = complaint({
      NATS_URL: `amqp://ann:${secret}@broker`,
      SESSION_PUBLIC_KEYS: `{"keys":"${secret}"}`,
      PORT: `${secret}`,
      LOG_LEVEL: secret,
      TRANSPORT: secret,
      COOKIE_SECURE: secret,
      RATE_LIMITS: 'no',
      TRUST_PROXY_HOPS: '-1',
      STOP_SECONDS: '0',
      CURRENCY: 'US$',
      NATS_CLUSTER_ID: `${secret} ${secret}`,
      NODE_ENV: secret,
    });
    expect(said.split('\n').map((line) => line.trim())).toEqual([
      'Bad settings in the environment:',
      'NODE_ENV: Invalid option: expected one of "production"|"development"|"test"',
      'PORT: must be a whole number from 0 to 65535',
      'LOG_LEVEL: Invalid option: expected one of "fatal"|"error"|"warn"|"info"|"debug"|"trace"|"silent"',
      'STOP_SECONDS: must be a whole number from 1 to 600',
      'TRANSPORT: Invalid option: expected one of "nats-streaming"|"jetstream"',
      'NATS_URL: must be a URL that begins with nats:// or tls://; of several, with commas between them, each must',
      'NATS_CLUSTER_ID: must be letters, digits, - and _',
      'MONGO_URL: is not set',
      'SESSION_PUBLIC_KEYS: must be a JWKS of public ES256 keys, or the path of one',
      'COOKIE_SECURE: must be on or off',
      'TRUST_PROXY_HOPS: must be a whole number from 0 to 10',
      'RATE_LIMITS: must be on or off',
      'CURRENCY: must be a lower-case ISO 4217 code, like usd',
    ]);
    expect(said).not.toContain(secret);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '3e3'],
    ['PORT', ' 80'],
    ['PORT', '80.5'],
    ['PORT', '0x50'],
    ['COOKIE_SECURE', 'false'],
    ['COOKIE_SECURE', 'OFF'],
    ['RATE_LIMITS', '0'],
    ['CURRENCY', 'USD'],
    ['CURRENCY', 'jpy'],
    ['CURRENCY', 'kwd'],
    ['MONGO_URL', 'mongodb://'],
    ['MONGO_URL', 'mongodb:///tickets'],
    ['MONGO_URL', 'localhost:27017'],
    ['MONGO_URL', 'http://localhost'],
    ['NATS_URL', 'nats:// broker'],
    ['NATS_URL', 'nats://'],
    ['NATS_URL', 'nats://a:4222,b:4222'],
    ['SESSION_PUBLIC_KEYS', '{}'],
    ['SESSION_PUBLIC_KEYS', '{"keys":[]}'],
    ['SESSION_PUBLIC_KEYS', '/nowhere/keys.json'],
    ['SESSION_PUBLIC_KEYS', '/etc/passwd'],
  ])('refuse %s=%s', (name, value) => {
    expect(complaint({ ...right, [name]: value })).toContain(`${name}: must be`);
  });

  it.each([
    ['MONGO_URL', 'mongodb://ann:secret@a:27017,b:27017,c:27017/tickets?replicaSet=rs0'],
    ['MONGO_URL', 'mongodb+srv://cluster.example/tickets'],
    ['NATS_URL', 'nats://a:4222,nats://b:4222'],
    ['NATS_URL', 'tls://t0ken@a:4222'],
    ['CURRENCY', 'eur'],
  ])('take %s=%s', (name, value) => {
    expect(readConfig(shape, { ...right, [name]: value })).toMatchObject({ [name]: value });
  });

  it('may name a file with the keys', () => {
    const file = path.join(folder, 'keys.json');
    writeFileSync(file, JSON.stringify(jwks));
    expect(readConfig(shape, { ...right, SESSION_PUBLIC_KEYS: file }).SESSION_PUBLIC_KEYS).toEqual(jwks);
  });

  it('refuse a private key where public ones belong', () => {
    const [key] = jwks.keys;
    const keys = JSON.stringify({ keys: [{ ...key, d: 'c2VjcmV0' }] });
    expect(complaint({ ...right, SESSION_PUBLIC_KEYS: keys })).toContain(
      'must be a JWKS of public ES256 keys',
    );
  });
});
