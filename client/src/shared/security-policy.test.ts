import { describe, expect, test } from '@jest/globals';
import { contentSecurityPolicy } from './security-policy.ts';

const policy = (options: { stripe?: boolean; development?: boolean } = {}) =>
  new Map(
    contentSecurityPolicy({ nonce: 'bm9uY2U=', stripe: false, development: false, ...options })
      .split('; ')
      .map((directive) => {
        const [name = '', ...sources] = directive.split(' ');
        return [name, sources] as const;
      }),
  );

describe('a page of the shop', () => {
  test('asks no other host for anything', () => {
    for (const [, sources] of policy()) {
      for (const source of sources) expect(source).toMatch(/^'|^data:$/);
    }
  });

  test('runs only the scripts that came with it, and evaluates none', () => {
    expect(policy().get('script-src')).toEqual(["'self'", "'nonce-bm9uY2U='", "'strict-dynamic'"]);
  });

  test('takes no style attribute, and no style sheet without its nonce but from us', () => {
    expect(policy().get('style-src')).toEqual(["'self'", "'nonce-bm9uY2U='"]);
  });

  test('is framed by nobody, and sends its forms to us', () => {
    expect(policy().get('frame-ancestors')).toEqual(["'none'"]);
    expect(policy().get('frame-src')).toEqual(["'none'"]);
    expect(policy().get('form-action')).toEqual(["'self'"]);
    expect(policy().get('base-uri')).toEqual(["'none'"]);
    expect(policy().get('object-src')).toEqual(["'none'"]);
  });
});

test('where Stripe takes the cards, its hosts are allowed, and no others', () => {
  const hosts = [...policy({ stripe: true }).values()].flat().filter((source) => /^https?:/.test(source));
  expect(hosts.length).toBeGreaterThan(0);
  for (const host of hosts) expect(new URL(host.replace('*.', '')).hostname).toMatch(/(^|\.)stripe\.com$/);
});

test('only development may evaluate code', () => {
  expect(policy({ development: true }).get('script-src')).toContain("'unsafe-eval'");
});
