import { describe, expect, it } from '@jest/globals';
import { Types } from 'mongoose';
import { createLogger } from '../../src/service/index.ts';
import { runInTrace } from '../../src/tracing/index.ts';

/** A logger, and what it wrote: as text, and line by line. */
const aLog = () => {
  const written: string[] = [];
  const logger = createLogger('tickets', 'trace', { write: (line: string) => written.push(line) });
  return {
    logger,
    text: () => written.join(''),
    last: (): Record<string, unknown> => JSON.parse(written.at(-1) ?? '{}'),
  };
};

const SECRET = 's3cr3t-Hunter2';

describe('a line of the log', () => {
  it('is one JSON object with the ids of what it belongs to', () => {
    const { logger, last, text } = aLog();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    runInTrace({ traceparent, requestId: 'r1' }, () => logger.info({ ticketId: 't1' }, 'made\nby somebody'));
    expect(text().split('\n')).toEqual([expect.any(String), '']);
    expect(last()).toEqual({
      level: 30,
      time: expect.any(Number),
      service: 'tickets',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      requestId: 'r1',
      ticketId: 't1',
      msg: 'made\nby somebody',
    });
    runInTrace({ traceparent, eventId: 'ticket/t1@3' }, () => logger.warn('late'));
    expect(last()).toMatchObject({ eventId: 'ticket/t1@3', msg: 'late' });
    logger.info('alone');
    expect(last()).toEqual({ level: 30, time: expect.any(Number), service: 'tickets', msg: 'alone' });
  });

  it.each([
    'password',
    'Password',
    'newPassword',
    'password_confirmation',
    'passwordHash',
    'passphrase',
    'token',
    'accessToken',
    'id_token',
    'jwt',
    'cookie',
    'Cookie',
    'set-cookie',
    'Authorization',
    'proxy-authorization',
    'card',
    'number',
    'cvc',
    'CVV',
    'pan',
    'paymentMethod',
    'payment_method',
    'clientSecret',
    'client_secret',
    'apiKey',
    'x-api-key',
    'api_key',
    'STRIPE_SECRET_KEY',
    'STRIPE_WEBHOOK_SECRET',
    'stripe-signature',
    'privateKey',
    'SESSION_PRIVATE_KEY',
    'credentials',
    'sid',
    'd',
  ])('never says the value of %s, however deep it stands', (name) => {
    const { logger, text, last } = aLog();
    const secret = { [name]: SECRET };
    logger.info(secret, 'at the top');
    logger.info({ a: { b: { c: { d1: { e: secret } } } } }, 'deep');
    logger.info({ list: [[secret], { also: secret }] }, 'in lists');
    logger.info({ [name]: { deeper: { value: SECRET } } }, 'an object');
    logger.info({ [name]: [SECRET] }, 'a list');
    logger.child(secret).info('as a binding');
    logger.child({ about: secret }).info({ more: secret }, 'as a nested binding');
    logger.error(Object.assign(new Error('failed'), secret), 'an error');
    logger.error({ err: Object.assign(new Error('failed'), { config: { headers: secret } }) }, 'an error');
    logger.error({ err: new Error('failed', { cause: Object.assign(new Error('why'), secret) }) }, 'a cause');
    logger.error({ err: new AggregateError([Object.assign(new Error('one'), secret)]) }, 'several');
    expect(last()).toMatchObject({ err: { errors: [{ message: 'one' }] } });
    logger.error({ failure: Object.assign(new Error('failed'), secret) }, 'by another name');
    logger.info({ body: JSON.stringify(secret) }, 'as JSON');
    logger.info({ query: `a=1&${name}=${SECRET}&b=2` }, 'as a query');
    logger.info({ entity: { toJSON: () => secret } }, 'as JSON later');
    expect(
      text()
        .split('\n')
        .filter((line) => line.includes(SECRET)),
    ).toEqual([]);
    expect(text().split('\n').length).toBe(16);
  });

  it('never says the digits of a card, whatever they are called', () => {
    const { logger, text } = aLog();
    for (const digits of [
      '4242424242424242',
      '4000 0027 6000 3184',
      '3782-822463-10005',
      '5555555555554444',
    ]) {
      logger.info({ title: `paid with ${digits}!` }, `card ${digits}`);
      logger.error(new Error(`declined: ${digits}`));
      expect(text()).not.toContain(digits);
    }
  });

  it.each([
    `mongodb://ann:${SECRET}@db:27017/tickets?replicaSet=rs`,
    `mongodb://ann:${SECRET}@a:1,b:2/tickets`,
    `mongodb+srv://ann:${SECRET}@cluster.example`,
    `mongodb://ann:p@ss/wo?rd#${SECRET}@db`,
    `nats://${SECRET}@broker:4222`,
    `redis://:${SECRET}@cache:6379/0`,
    `Bearer ${SECRET}`,
    `authorization: ${SECRET}`,
    `sk_live_${SECRET.replace('-', '')}`,
    'sk_test_4eC39HqLyjWDarjtT1zdp7dc',
    'pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH',
    'whsec_abcdefghijklmnop',
    'eyJhbGciOiJFUzI1NiJ9.eyJpZCI6IjEifQ.c2lnbmF0dXJl',
    `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----`,
  ])('never says %s, in whatever text it stands', (quoted) => {
    const { logger, text } = aLog();
    const error = new Error(`could not use ${quoted} here`);
    logger.info(`connecting to ${quoted}`);
    logger.info({ url: quoted }, 'a field');
    logger.info({ list: [{ deep: `"${quoted}"` }] }, 'deep');
    logger.warn({ err: error }, `failed: ${error.message}`);
    logger.error(error);
    logger.error({ err: error });
    logger.error(
      Object.assign(new Error('outer', { cause: error }), { response: { text: quoted } }),
      'outer',
    );
    const secrets = /s3cr3t-?Hunter2|p@ss|wo\?rd|c2ln\w+|YrKJ\w+|4eC3\w+|abcdefgh\w+/g;
    for (const secret of quoted.match(secrets) ?? [quoted]) expect(text().includes(secret)).toBe(false);
    expect(text()).toContain('[removed]');
    expect(text()).toContain('could not use');
  });

  it('still says what is needed to find a fault', () => {
    const { logger, last } = aLog();
    const id = new Types.ObjectId();
    const cause = new TypeError('why');
    const err = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:27017', { cause }), {
      code: 'ECONNREFUSED',
    });
    logger.error(
      {
        err,
        id,
        url: 'http://localhost:3000/api/tickets?q=row',
        at: new Date(0),
        amount: 1_999,
        none: null,
        secure: { cookie: true },
        orderNumber: 'ticket/64f0a1b2c3d4e5f6a7b8c9d0@3',
        big: 2n ** 60n,
        bytes: Buffer.from('abc'),
      },
      'failed',
    );
    expect(last()).toMatchObject({
      msg: 'failed',
      err: {
        type: 'Error',
        message: 'connect ECONNREFUSED 127.0.0.1:27017',
        stack: expect.stringContaining('logger.test.ts'),
        code: 'ECONNREFUSED',
        cause: { type: 'TypeError', message: 'why' },
      },
      id: id.toHexString(),
      url: 'http://localhost:3000/api/tickets?q=row',
      at: '1970-01-01T00:00:00.000Z',
      amount: 1_999,
      none: null,
      secure: { cookie: true },
      orderNumber: 'ticket/64f0a1b2c3d4e5f6a7b8c9d0@3',
      big: '1152921504606846976',
      bytes: '[3 bytes]',
    });
    logger.error(err);
    expect(last()).toMatchObject({
      msg: 'connect ECONNREFUSED 127.0.0.1:27017',
      err: { code: 'ECONNREFUSED' },
    });
  });

  it('is written, and of a bounded size, whatever it is made of', () => {
    const { logger, last, text } = aLog();
    const circle: Record<string, unknown> = { name: 'circle' };
    circle.self = circle;
    let deep: Record<string, unknown> = {};
    for (let level = 0; level < 10_000; level += 1) deep = { deep };
    logger.info({ circle, deep }, 'odd');
    expect(last()).toMatchObject({ circle: { name: 'circle', self: '[circular]' } });
    logger.info({ long: 'x'.repeat(1_000_000), list: Array(100_000).fill('item') }, 'large');
    expect(text().length).toBeLessThan(50_000);
    const broken = {
      get field(): string {
        throw new Error('broken');
      },
    };
    logger.info(broken, 'broken');
    expect(last()).toMatchObject({ msg: 'broken', unreadable: true });
  });
});
