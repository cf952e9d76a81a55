import { describe, expect, it } from '@jest/globals';
import { feedPath, listPath, readFeed, withNews } from './which.ts';

const id = 'a1b2c3d4e5f6a1b2c3d4e5f6';

describe('the address of the community', () => {
  it('says whose posts it shows, and where they begin', () => {
    expect(readFeed({})).toEqual({ which: {} });
    expect(readFeed({ feed: 'following', cursor: 'x' })).toEqual({
      which: { feed: 'following' },
      cursor: 'x',
    });
    expect(readFeed({ ticketId: id })).toEqual({ which: { ticketId: id }, about: id });
  });

  it('says what one has come to write about', () => {
    expect(readFeed({ about: id.toUpperCase() })).toEqual({ which: {}, about: id });
  });

  it('says what has just been done', () => {
    expect(readFeed({ said: 'posted', id }).news).toEqual({ said: 'posted', id });
    expect(readFeed({ said: 'deleted' }).news).toEqual({ said: 'deleted' });
  });

  it.each([
    { feed: 'everything' },
    { ticketId: 'no id' },
    { about: ['a', 'b'] },
    { said: 'nothing' },
    { cursor: '' },
  ])('that makes no sense is everybody’s: %j', (query) => {
    expect(readFeed(query)).toEqual({ which: {} });
  });

  it('is read as it is written', () => {
    expect(feedPath({})).toBe('/community');
    for (const which of [{ feed: 'following' as const }, { ticketId: id }]) {
      const url = new URL(feedPath(which), 'http://any');
      expect(readFeed(Object.fromEntries(url.searchParams)).which).toEqual(which);
    }
    expect(withNews(feedPath({ ticketId: id }), { said: 'posted', id })).toBe(
      `/community?ticketId=${id}&said=posted&id=${id}`,
    );
  });
});

describe('the service', () => {
  it('is asked for the same', () => {
    expect(listPath({})).toBe('/api/posts');
    expect(listPath({ ticketId: id }, undefined, 3)).toBe(`/api/posts?ticketId=${id}&limit=3`);
    expect(listPath({ author: id }, 'a b')).toBe(`/api/posts?author=${id}&cursor=a+b`);
  });
});
