import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import request from 'supertest';
import { InvalidCursor } from '../../src/errors/index.ts';
import { answerPage, decodeCursor, encodeCursor, get } from '../../src/http/index.ts';
import { openShop } from './shop.ts';

const { app } = openShop();

const nextOf = (link: string | undefined): string | undefined =>
  /^<([^>]+)>; rel="next"$/.exec(link ?? '')?.[1];

describe('a list', () => {
  it('is read to its end by following its links', async () => {
    const pages: unknown[] = [];
    for (let next: string | undefined = '/api/pages?limit=2&x=a%26b'; next !== undefined; ) {
      const answer = await request(app).get(next);
      expect(answer.status).toBe(200);
      pages.push(answer.body);
      next = nextOf(answer.headers.link);
      if (next !== undefined) {
        const { pathname, searchParams } = new URL(next, 'http://host');
        expect(pathname).toBe('/api/pages');
        expect(Object.fromEntries(searchParams)).toMatchObject({ limit: '2', x: 'a&b' });
      }
    }
    expect(pages).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('links to itself, whatever host somebody says it is on', async () => {
    const answer = await request(app)
      .get('/api/pages?limit=2&x=%3E%3B%20rel%3D%22prev%22%0d%0aSet-Cookie:a')
      .set('Host', 'elsewhere.example');
    expect(answer.headers.link).toMatch(/^<\/api\/pages\?[^<>"\s]+>; rel="next"$/);
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it('need not be sent again while it is the same', async () => {
    const first = await request(app).get('/api/pages?limit=2');
    const again = await request(app)
      .get('/api/pages?limit=2')
      .set('If-None-Match', String(first.headers.etag));
    expect([first.status, again.status, again.text]).toEqual([200, 304, '']);
    const other = await request(app)
      .get('/api/pages?limit=3')
      .set('If-None-Match', String(first.headers.etag));
    expect(other.status).toBe(200);
  });

  it('is sent again when it is the same and no longer the last page: only its Link says that', async () => {
    let next: number[] | undefined;
    const shop = openShop({ routes: [get('/api/growing', [], () => ({ items: [1, 2], next }), answerPage)] });
    const last = await request(shop.app).get('/api/growing');
    expect(last.headers.link).toBeUndefined();
    next = [2];
    const more = await request(shop.app).get('/api/growing').set('If-None-Match', String(last.headers.etag));
    expect(more.status).toBe(200);
    expect(nextOf(more.headers.link)).toContain('cursor=');
  });
});

describe('a cursor', () => {
  it('says the place it was made for', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 40 }),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
        (text, number) => {
          expect(decodeCursor(encodeCursor([text, number]), ['string', 'number'])).toEqual([text, number]);
        },
      ),
    );
  });

  const kinds = ['string', 'number'] as const;
  it.each([
    ['empty', ''],
    ['rubbish', '%%%'],
    ['no JSON', Buffer.from('[').toString('base64url')],
    ['no list', Buffer.from('{"0":"a","1":1,"length":2}').toString('base64url')],
    ['null', Buffer.from('null').toString('base64url')],
    ['too short', encodeCursor(['a'])],
    ['too long a list', encodeCursor(['a', 1, 1])],
    ['of another list', encodeCursor([1, 'a'])],
    ['made of objects', Buffer.from('[{"$gt":""},1]').toString('base64url')],
    ['made of lists', Buffer.from('[["a"],1]').toString('base64url')],
    ['with null for a number', Buffer.from('["a",null]').toString('base64url')],
    ['without end as a number', Buffer.from('["a",1e999]').toString('base64url')],
    ['too long', encodeCursor(['a'.repeat(600), 1])],
  ])('that is %s is refused', (_what, cursor) => {
    expect(() => decodeCursor(cursor, kinds)).toThrow(InvalidCursor);
  });

  it.each(['x', 'WzFd.', 'a'.repeat(513), '%24gt', `${encodeCursor([1])}&cursor=${encodeCursor([2])}`])(
    'in a query that reads %s is a bad request',
    async (cursor) => {
      const answer = await request(app).get(`/api/pages?cursor=${cursor}`);
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toMatchObject([{ field: 'cursor' }]);
    },
  );
});
