import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { queryTokens, tokensOf } from '../src/search.ts';

/** As the database answers: a ticket is found if it has every token of the query. */
const finds = (query: string, ...texts: string[]): boolean => {
  const has = new Set(tokensOf(...texts));
  const wanted = queryTokens(query);
  return wanted !== undefined && wanted.length > 0 && wanted.every((token) => has.has(token));
};

describe('a search', () => {
  it.each([
    ['a word', 'frahm', 'Nils Frahm'],
    ['several, in any order', 'berlin nils', 'Nils Frahm live in Berlin'],
    ['the beginning of the last word', 'nils fr', 'Nils Frahm'],
    ['any case', 'NILS fRaHm', 'nils frahm'],
    ['no accents, where the title has some', 'bjork', 'Björk'],
    ['accents, where the title has none', 'Björk', 'Bjork'],
    ['letters that Unicode does not take apart', 'trentemoller', 'Trentemøller'],
    ['ß as ss', 'strasse', 'Nalepastraße Straße'],
    ['wide letters', 'ｎｉｌｓ', 'Nils'],
    ['ligatures', 'office', 'oﬃce'],
    ['parts of a word with a sign in it', 'ac/dc', 'AC/DC tribute'],
    ['numbers', '2027', 'Rock am Ring 2027'],
    ['a word twice', 'duran duran', 'Duran Duran'],
    ['Japanese, from its beginning', '東京', '東京ドーム'],
    ['Korean, half typed', '방탄소', '방탄소년단'],
    ['Cyrillic', 'дельфин', 'Дельфин'],
    ['one long word, half typed', 'donaudampfschifffahrts', 'Donaudampfschifffahrtsgesellschaft'],
  ])('finds %s', (_what, query, title) => {
    expect(finds(query, title)).toBe(true);
  });

  it.each([
    ['a word that is not there', 'nils cage', 'Nils Frahm'],
    ['the beginning of a word that is not the last one', 'ni frahm', 'Nils Frahm'],
    ['the middle of a word', 'rah', 'Nils Frahm'],
    ['more than the word', 'frahms', 'Nils Frahm'],
    ['a regular expression', '.*', 'Nils Frahm'],
    ['an operator', '$regex', 'Nils Frahm'],
    [
      'a longer word with the same 24 letters',
      'donaudampfschifffahrtsgexxx',
      'Donaudampfschifffahrtsgesellschaft',
    ],
  ])('does not find %s', (_what, query, title) => {
    expect(finds(query, title)).toBe(false);
  });

  it('looks into the place as well', () => {
    expect(finds('frahm funk', 'Nils Frahm', 'Funkhaus Berlin')).toBe(true);
  });

  it('asks for nothing when there are only signs', () => {
    expect(queryTokens('!?… -- 🎸')).toEqual([]);
  });

  it('may have 8 words, and not 9', () => {
    expect(queryTokens('a b c d e f g h')).toHaveLength(8);
    expect(queryTokens('a b c d e f g h i')).toBeUndefined();
  });

  it('finds every ticket by every word of its title, and by each beginning of it', () => {
    const word = fc.stringMatching(/^[a-zäöéßøñ0-9]{1,24}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 12 }),
        fc.nat(),
        fc.nat(),
        (words, which, cut) => {
          const found = words[which % words.length] ?? '';
          expect(finds(found, words.join(' '))).toBe(true);
          expect(finds(found.slice(0, 1 + (cut % found.length)), words.join(' '))).toBe(true);
        },
      ),
    );
  });
});

describe('the tokens of a ticket', () => {
  it('are its words, marked as whole, and their beginnings', () => {
    expect(tokensOf('Ham, Ham!', 'Ho')).toEqual(['ham.', 'h', 'ha', 'ham', 'ho.', 'ho']);
  });

  it('may be none', () => {
    expect(tokensOf('🎸')).toEqual([]);
  });

  it('are bounded, whatever somebody writes', () => {
    const dense = Array.from({ length: 100 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join(' ');
    // One character that becomes eighteen letters.
    const growing = '\ufdfa'.repeat(200);
    for (const text of [dense, growing, 'x'.repeat(200), 'ab '.repeat(66)]) {
      expect(tokensOf(text, text).length).toBeLessThanOrEqual(80 * 25);
      expect(tokensOf(text, text).join('').length).toBeLessThan(20_000);
    }
  });
});
