import { describe, expect, it } from '@jest/globals';
import { errorCodes } from '@ticketing/common/errors';
import { sectionOf } from './docs.ts';
import { everyRoute } from './tables.ts';

const routes = sectionOf('http.md', 'Routes');

describe('docs/http.md', () => {
  it('has every route of every service, and no other', () => {
    const written = [...routes.matchAll(/^\| `([A-Z]+ \/\S+)` \|/gm)].map(([, route]) => route);
    const built = everyRoute().map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(built.length).toBeGreaterThan(15);
    expect(written.toSorted()).toEqual(built.toSorted());
  });

  it('has every code that an error can carry, and no other', () => {
    const rows = [...sectionOf('http.md', 'Errors').matchAll(/^\| \d{3} \| ([^|]*) \|/gm)];
    const written = rows.flatMap(([, codes = '']) => [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => code));
    expect(written.toSorted()).toEqual([...errorCodes].sort());
  });

  it('names in its routes only codes that there are', () => {
    const known = new Set<string | undefined>(errorCodes);
    const named = [...routes.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code]) => code);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((code) => !known.has(code))).toEqual([]);
  });
});
