import { describe, expect, it } from '@jest/globals';
import { listPath, readQuery, shopPath } from './query.ts';

describe('what is searched for', () => {
  it('stands in the shop’s address, and is read from it again', () => {
    const query = { q: 'Nils Frahm & Söhne', sort: '-price', cursor: 'abc' } as const;
    const params = Object.fromEntries(new URLSearchParams(shopPath(query).slice(2)));
    expect(readQuery(params)).toEqual(query);
  });

  it('leaves the address of the shop alone where it is nothing', () => {
    expect(shopPath({ q: '', sort: 'newest' })).toBe('/');
  });

  it('is the newest tickets for whatever makes no sense', () => {
    expect(readQuery({ sort: 'random', q: '  ' })).toEqual({ q: '', sort: 'newest' });
    expect(readQuery({ q: ['Otis', 'Ravel'] }).q).toBe('');
    expect(readQuery({ q: 'Otis\u0000\u0007Redding' }).q).toBe('Otis Redding');
    expect(readQuery({})).toEqual({ q: '', sort: 'newest' });
  });

  it('is no longer than the service takes', () => {
    expect(readQuery({ q: 'a'.repeat(150) }).q).toHaveLength(100);
  });

  it('is asked of the service in the same words', () => {
    expect(listPath({ q: 'otis', sort: 'price', cursor: 'abc' })).toBe(
      '/api/tickets?q=otis&sort=price&limit=24&cursor=abc',
    );
    expect(listPath({ q: '', sort: 'newest' }, 4)).toBe('/api/tickets?sort=newest&limit=4');
  });
});
