import { describe, expect, it } from '@jest/globals';
import { linkText } from './link-text.ts';

describe('a link on a profile', () => {
  it.each([
    ['https://mira.example/', 'mira.example'],
    ['https://www.mira.example/about?from=tickets', 'mira.example'],
    ['https://mira.example:8443/', 'mira.example:8443'],
    // Letters that look like others' are shown as what they are.
    ['https://аpple.example/', 'xn--pple-43d.example'],
  ])('%s shows where it leads: %s', (link, shown) => {
    expect(linkText(link, [link, 'https://other.example/'])).toBe(shown);
  });

  it('says more where another one leads to the same host', () => {
    const all = ['https://social.example/@mira/', 'https://social.example/piano?tab=2'];
    expect(all.map((link) => linkText(link, all))).toEqual([
      'social.example/@mira',
      'social.example/piano?tab=2',
    ]);
  });

  it('is cut where it is too long, but never its host, whose end says whose it is', () => {
    const host = `${'long.'.repeat(12)}example`;
    const all = [`https://${host}/`, `https://${host}/${'a'.repeat(100)}`];
    expect(all.map((link) => linkText(link, all))).toEqual([host, `${host}/${'a'.repeat(22)}…`]);
  });
});
