import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalEmail, isVisible } from '../src/user.ts';

describe('an email', () => {
  it.each([
    ['  Ada@Example.COM\t', 'ada@example.com'],
    ['ada@xn--bcher-kva.example', 'ada@b\u00fccher.example'],
    ['ADA@B\u00dcCHER.example', 'ada@b\u00fccher.example'],
    ['zoe\u0308@example.com', 'zo\u00eb@example.com'],
    ['"a@b"@Example.com', '"a@b"@example.com'],
    ['ada@\uff25xample\u3002com', 'ada@example.com'],
  ])('typed as %j is written %j', (typed, written) => {
    expect(canonicalEmail(typed)).toBe(written);
  });

  it.each(['ada', '@', 'ada@', '', 'ada@exa mple.com'])('does not come out of %j', (typed) => {
    expect(canonicalEmail(typed)).toBe(typed);
  });

  it.each([
    'ada@example.com#x',
    'ada@example.com?x',
    'ada@example.com/x',
    'ada@example.com\\x',
    'ada@example.com:80',
    'ada@ex%61mple.com',
    'ada@exa\tmple.com',
    'ada@example.com\nx',
  ])('is not made from the beginning of %j, which is none', (typed) => {
    expect(canonicalEmail(typed)).toBe(typed);
  });

  it.each([
    'ad\u200ba@example.com',
    'ada@exam\u00adple.com',
    'ada\u034f@example.com',
    'ada\ufe0f@example.com',
    '\u2066ada@example.com',
    '"ad\u0001a"@example.com',
    '"ad\u2028a"@example.com',
    '"ad\u2029a"@example.com',
    'ada\ud800@example.com',
  ])('like %j cannot be told from another by eye', (email) => {
    expect(isVisible(email)).toBe(false);
  });

  it('is written one way only, however often it is put into that way', () => {
    const parts = fc.tuple(
      fc.string({ unit: 'grapheme' }),
      fc.oneof(fc.domain(), fc.string({ unit: 'binary' })),
    );
    fc.assert(
      fc.property(parts, ([name, domain]) => {
        const once = canonicalEmail(`${name}@${domain}`);
        expect(canonicalEmail(once)).toBe(once);
      }),
    );
  });

  it('is the same in capitals, for whatever letters a keyboard in English has', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        expect(canonicalEmail(email.toUpperCase())).toBe(canonicalEmail(email));
      }),
    );
  });
});
