import { describe, expect, it } from '@jest/globals';
import { affected } from '../affected.mjs';

describe('a change is tested by whom it concerns:', () => {
  it('one of a service, by that service alone', () => {
    expect(affected(['tickets/src/ticket.ts'])).toEqual(['tickets']);
  });

  it('one of common, by everybody who uses it', () => {
    const concerned = affected(['common/src/outbox/relay.ts']);
    expect(concerned).toEqual(expect.arrayContaining(['common', 'auth', 'tickets', 'orders', 'payments']));
    expect(concerned).toContain('tests');
  });

  it('one of what only tests use, by those whose tests do', () => {
    expect(affected(['infra/local/stripe/src/app.ts'])).toEqual(
      expect.arrayContaining(['payments', 'infra/local/stripe']),
    );
    expect(affected(['infra/local/stripe/src/app.ts'])).not.toContain('tickets');
  });

  it('one of what everything stands on, by all', () => {
    expect(affected(['package-lock.json']).length).toBeGreaterThan(7);
    expect(affected(['infra/jest/preset.mjs'])).toEqual(affected(['package-lock.json']));
  });

  it('one of a text for people, by nobody', () => {
    expect(affected(['docs/deploy.md', 'README.md', 'tickets/README.md'])).toEqual([]);
  });
});
