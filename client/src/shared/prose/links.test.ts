import { describe, expect, it } from '@jest/globals';
import { splitLinks } from './links.ts';

const linksOf = (text: string) =>
  splitLinks(text).flatMap((part) => (part.kind === 'link' ? [part.text] : []));

describe('what people write', () => {
  it.each([
    '',
    'No link at all.',
    'See https://a.example and (https://b.example/c), or http://d.example!',
    'https://a.example',
    'Two\nlines, https://a.example\nand another',
  ])('is still all there in parts: %j', (text) => {
    expect(
      splitLinks(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  });

  it('has links where an address with http or https stands', () => {
    expect(splitLinks('From https://a.example/b?c=d#e on')).toEqual([
      { kind: 'text', text: 'From ' },
      { kind: 'link', text: 'https://a.example/b?c=d#e', href: 'https://a.example/b?c=d#e' },
      { kind: 'text', text: ' on' },
    ]);
    expect(linksOf('HTTP://A.example twice: http://a.example:8080/x')).toEqual([
      'HTTP://A.example',
      'http://a.example:8080/x',
    ]);
  });

  it.each([
    ['Look: https://a.example/b.', 'https://a.example/b'],
    ['Is it https://a.example/b?', 'https://a.example/b'],
    ['https://a.example/b, and more', 'https://a.example/b'],
    ['https://a.example/b…!', 'https://a.example/b'],
    ['“https://a.example/b”', 'https://a.example/b'],
    ['<https://a.example/b>', 'https://a.example/b'],
    ['*https://a.example/b*', 'https://a.example/b'],
    ['(https://a.example/b)', 'https://a.example/b'],
    ['(https://a.example/b).', 'https://a.example/b'],
    ['[https://a.example/b]', 'https://a.example/b'],
    ['https://a.example/b_(c)', 'https://a.example/b_(c)'],
    ['(see https://a.example/b_(c)).', 'https://a.example/b_(c)'],
    ['https://a.example/?q=one.two', 'https://a.example/?q=one.two'],
    ['https://a.example/b/', 'https://a.example/b/'],
  ])('has punctuation behind a link, and not in it: %s', (text, link) => {
    expect(linksOf(text)).toEqual([link]);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,hello',
    'ftp://a.example',
    'xhttps://a.example',
    'https://',
    'https://localhost/',
    'https://.',
    'https://[',
    'www.a.example',
    'a.example/b',
    'https://bank.example@evil.example/',
    'https://user:word@evil.example/',
    'https:\\\\evil.example',
  ])('has none where there is none to trust: %s', (text) => {
    expect(splitLinks(text)).toEqual([{ kind: 'text', text }]);
  });

  it('has what is typed in letters of its own led to where a browser would go', () => {
    expect(splitLinks('https://bücher.example/ü')).toEqual([
      {
        kind: 'link',
        text: 'https://bücher.example/ü',
        href: 'https://xn--bcher-kva.example/%C3%BC',
      },
    ]);
  });

  it('takes no longer the longer it is', () => {
    const text = `https://a.example/${'('.repeat(1_000)}${')'.repeat(1_000)}`;
    expect(linksOf(text)).toEqual([text]);
  });
});
