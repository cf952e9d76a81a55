/**
 * Search by an indexed array of tokens: each word of a title and a place, and each beginning of a word, so that a query
 * is a few equalities that an index answers in order, without a regular expression or a sort in memory.
 */

/** Orders of a list: newest first, cheapest first, dearest first. */
export const sorts = ['newest', 'price', '-price'] as const;
export type Sort = (typeof sorts)[number];

/** Most characters of a query. */
export const MAX_QUERY = 100;
const MAX_QUERY_WORDS = 8;
/** Bounds of what one ticket may put into the index: more words than 400 characters of prose have, and longer ones. */
const MAX_WORDS = 80;
const MAX_PREFIX = 24;

/** Letters that Unicode does not take apart, as people without them on the keyboard type them. */
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/**
 * Lower case, without accents, split at whatever is neither letter nor digit. A script without spaces is one word from
 * one sign to the next, found by its beginning.
 */
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => plainLetters[letter] ?? letter)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** A whole word is marked, so that `ham` does not match `hamburg` unless it is a prefix that is asked for. */
const whole = (word: string): string => `${word}.`;

const prefixesOf = (word: string): string[] => {
  const letters = [...word].slice(0, MAX_PREFIX);
  return letters.map((_, index) => letters.slice(0, index + 1).join(''));
};

/** The tokens of a ticket: its words, and their beginnings of up to 24 letters. */
export const tokensOf = (...texts: (string | undefined)[]): string[] => {
  const words = [...new Set(texts.flatMap((text) => wordsOf(text ?? '')))].slice(0, MAX_WORDS);
  return [...new Set(words.flatMap((word) => [whole(word), ...prefixesOf(word)]))];
};

/** The last word may be half typed. A longer beginning than the index has can only be looked for as a whole word. */
const lastToken = (word: string): string => ([...word].length > MAX_PREFIX ? whole(word) : word);

/**
 * The tokens a ticket must have to be found: every word, and the last one as a prefix.
 * @returns undefined where the query has more than 8 words
 */
export const queryTokens = (query: string): string[] | undefined => {
  const words = wordsOf(query);
  if (words.length > MAX_QUERY_WORDS) return undefined;
  const last = words.length - 1;
  return [...new Set(words.map((word, index) => (index === last ? lastToken(word) : whole(word))))];
};
