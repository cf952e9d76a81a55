import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { BadRequest, NotYours, TooManyRequests, Unavailable } from '../../src/errors/index.ts';
import { get, post } from '../../src/http/index.ts';
import { eventually, newId } from '../../src/testing/index.ts';
import { currentTrace } from '../../src/tracing/index.ts';
import { openShop } from './shop.ts';

const throwing = (error: unknown) =>
  get('/api/broken', [], () => {
    throw error;
  });

const askBroken = async (error: unknown) => {
  const shop = openShop({ routes: [throwing(error)] });
  return { shop, answer: await request(shop.app).get('/api/broken') };
};

describe('an answer', () => {
  const { app, cookie } = openShop();

  it('is not kept by anybody on the way, nor framed, sniffed or run', async () => {
    const answers = [
      await request(app).get('/api/me'),
      await request(app).get('/nowhere'),
      await request(app).post('/api/things'),
    ];
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('strict-transport-security');
    }
  });

  it.each([
    ['get', '/'],
    ['get', '/api'],
    ['get', '/api/unknown'],
    ['post', '/api/unknown'],
    ['patch', '/api/things'],
    ['get', '/api/things/../../etc/passwd'],
    ['get', '/healthz'],
  ] as const)('to %s %s is 404, in JSON', async (method, path) => {
    const answer = await request(app)[method](path).set('Cookie', cookie);
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({ errors: [{ message: 'Not found', code: 'not_found' }] });
  });

  it('without content has none', async () => {
    const answer = await request(app).delete(`/api/things/${newId()}`).set('Cookie', cookie);
    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
  });
});

describe('an error', () => {
  it.each([
    [new BadRequest('ticket_sold', 'Sold'), 400, { message: 'Sold', code: 'ticket_sold' }, undefined],
    [new NotYours(), 401, { message: 'This is not yours', code: 'not_yours' }, undefined],
    [
      new TooManyRequests(17),
      429,
      { message: 'Too many requests, try again later', code: 'too_many_requests' },
      '17',
    ],
    [new Unavailable(), 503, { message: 'Busy, try again in a moment', code: 'unavailable' }, '1'],
  ])('that is a refusal (%s) answers what it says', async (refusal, status, line, retryAfter) => {
    const { answer } = await askBroken(refusal);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ errors: [line] });
    expect(answer.headers['retry-after']).toBe(retryAfter);
  });

  it.each([
    ['an error of ours', new TypeError('cannot read password of undefined')],
    [
      'what another service answered',
      Object.assign(new Error('secret of Stripe'), { status: 400, type: 'card' }),
    ],
    ['another service that wants less', Object.assign(new Error('secret'), { status: 413 })],
    ['a text', 'secret'],
    ['nothing', undefined],
    ['an object that looks like a refusal', { status: 200, lines: [{ message: 'secret' }] }],
  ])('that is %s is 500, and says nothing of the inside', async (_what, error) => {
    const { answer, shop } = await askBroken(error ?? new Error('secret'));
    expect(answer.status).toBe(500);
    expect(answer.text).toBe('{"errors":[{"message":"Something went wrong","code":"internal"}]}');
    const [line] = shop.lines.filter(({ msg }) => msg === 'request failed');
    expect(line).toMatchObject({ level: 50, method: 'GET', path: '/api/broken' });
    expect(line?.requestId).toBe(answer.headers['x-request-id']);
  });

  it.each([
    ['MongoServerSelectionError', undefined],
    ['MongoNetworkError', undefined],
    ['MongoServerError', 11_600], // interrupted at shutdown
    ['MongoServerError', 10_107], // not primary any more
    ['MongoServerError', 50], // took too long
    ['Error', 'EPIPE'], // a socket that the store has closed, just before something was written to it
    ['Error', 'ECONNRESET'],
  ])('of a store that is away (%s %s) is 503, to be tried again', async (name, code) => {
    const error = Object.assign(new Error('mongodb://ann:secret@db'), { name, code });
    const { answer, shop } = await askBroken(error);
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.body).toEqual({
      errors: [{ message: 'Busy, try again in a moment', code: 'unavailable' }],
    });
    expect(shop.lines.find(({ msg }) => msg === 'request put off')).toMatchObject({ level: 40 });
    expect(JSON.stringify(shop.lines)).not.toContain('secret');
  });

  it('of a store that is away, made by Node in another realm, is 503, and its reason is in the log', async () => {
    const error: unknown = runInNewContext(
      "Object.assign(new Error('ended by the other party'), { code: 'EPIPE' })",
    );
    expect(error).not.toBeInstanceOf(Error);
    const { answer, shop } = await askBroken(error);
    expect(answer.status).toBe(503);
    const [line] = shop.lines.filter(({ msg }) => msg === 'request put off');
    expect(line).toMatchObject({ reason: 'Error: ended by the other party' });
  });

  it('of a store that is there, and refuses, is 500', async () => {
    const error = Object.assign(new Error('E11000'), { name: 'MongoServerError', code: 11_000 });
    expect((await askBroken(error)).answer.status).toBe(500);
  });

  it('in the middle of an answer cuts it, so that the half is not taken for the whole', async () => {
    const shop = openShop({
      routes: [
        get(
          '/api/half',
          [],
          () => ({}),
          (_result, _request, response) => {
            response.status(200).type('text/plain').write('half');
            throw new Error('the rest is gone');
          },
        ),
      ],
    });
    await expect(request(shop.app).get('/api/half')).rejects.toThrow(/aborted|hang up/);
    expect(shop.lines.filter(({ level }) => level === 50)).toMatchObject([
      { msg: 'request failed in the middle of its answer', path: '/api/half' },
    ]);
  });
});

describe('a request', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const seen: unknown[] = [];
  const look = post('/api/look', [], async () => {
    await new Promise(setImmediate);
    seen.push(currentTrace());
    return {};
  });
  const shop = openShop({ routes: [look] });

  it('is known by the id it came with, and by its trace', async () => {
    const answer = await request(shop.app)
      .post('/api/look')
      .set('X-Request-Id', 'from-the-ingress_1')
      .set('traceparent', traceparent);
    expect(answer.headers['x-request-id']).toBe('from-the-ingress_1');
    expect(seen.at(-1)).toMatchObject({ requestId: 'from-the-ingress_1' });
    expect(seen.at(-1)).toMatchObject({
      traceparent: expect.stringMatching(
        /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/,
      ),
    });
    await eventually(() => {
      expect(shop.lines.at(-1)).toMatchObject({
        msg: 'answered',
        requestId: 'from-the-ingress_1',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        method: 'POST',
        path: '/api/look',
        status: 200,
      });
    });
  });

  it.each(['', 'x'.repeat(65), 'a b', '{"admin":true}', '../../etc', "'; DROP", 'a,b'])(
    'gets an id of ours when it comes with %j',
    async (given) => {
      const answer = await request(shop.app).post('/api/look').set('X-Request-Id', given);
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    },
  );

  it.each([
    '',
    'rubbish',
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    traceparent.toUpperCase(),
    `${traceparent}-x`,
  ])('gets a trace of ours when it comes with %j', async (given) => {
    await request(shop.app).post('/api/look').set('traceparent', given);
    const { traceparent: ours } = seen.at(-1) as { traceparent: string };
    expect(ours).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(ours).not.toContain('0af7651916cd43dd8448eb211c80319c');
  });

  it('keeps its trace through the parsing of its body', async () => {
    const { app, cookie, lines } = openShop();
    await request(app)
      .post('/api/things')
      .set('Cookie', cookie)
      .set('traceparent', traceparent)
      .send({ title: 'Row 1', price: 20 });
    await eventually(() => {
      expect(lines.at(-1)).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', status: 201 });
    });
  });

  it('is counted by its route, never by its path, and by what it was answered', async () => {
    const { app, cookie, registry } = openShop();
    for (let count = 0; count < 3; count += 1) {
      await request(app).delete(`/api/things/${newId()}`).set('Cookie', cookie);
    }
    await request(app).get('/wp-login.php');
    await eventually(async () => {
      const text = await registry.metrics();
      expect(text).toContain(
        'http_request_duration_seconds_count{method="DELETE",route="/api/things/:id",status="204"} 3',
      );
      expect(text).toContain(
        'http_request_duration_seconds_count{method="GET",route="unknown",status="404"} 1',
      );
      expect(text).not.toContain('wp-login');
    });
  });

  it('whose sender went away is not counted as answered', async () => {
    let entered: () => void = () => {};
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const slow = get('/api/slow', [], () => {
      entered();
      return new Promise(() => {});
    });
    const { app, registry, lines } = openShop({ routes: [slow] });
    const server = http.createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const asking = http.get({ port: (server.address() as AddressInfo).port, path: '/api/slow' });
    asking.on('error', () => {});
    await inside;
    asking.destroy();
    await eventually(async () => {
      expect(await registry.metrics()).toContain('route="/api/slow",status="499"} 1');
    });
    expect(lines.at(-1)).toMatchObject({
      msg: 'connection closed before the answer',
      path: '/api/slow',
      requestId: expect.any(String),
      traceId: expect.any(String),
    });
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('what proves itself by its body', () => {
  it('is taken from any site, before any parser, and without a session', async () => {
    const chunks: string[] = [];
    const { app } = openShop({
      unguarded: [
        post(
          '/api/webhook',
          [
            {
              async run(req) {
                for await (const chunk of req) chunks.push(String(chunk));
                return {};
              },
            },
          ],
          () => ({ received: true }),
        ),
      ],
    });
    const answer = await request(app)
      .post('/api/webhook')
      .set('Origin', 'https://elsewhere.example')
      .set('Sec-Fetch-Site', 'cross-site')
      .set('Content-Type', 'application/json')
      .send('{ "raw" : true }');
    expect(answer.status).toBe(200);
    expect(chunks.join('')).toBe('{ "raw" : true }');
  });
});
