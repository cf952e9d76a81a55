/** Links in what people write. Pure: text in, parts out; nothing of it is ever read as HTML. */

/** A part of a text: plain, or the address of a link as it was written. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

/** What may begin an address, and all that could belong to it. */
const CANDIDATE = /(?<![\p{L}\p{N}_])https?:\/\/[^\s<>"“”„«»`\\^{}|]+/giu;

/** What ends a sentence, or a quotation, and not an address. */
const AFTER = /[.,;:!?…'’*_~]$/u;
const brackets = { ')': '(', ']': '[' } as const;

const count = (text: string, letter: string): number => text.split(letter).length - 1;

/** Without the punctuation that stands behind it: `(see https://a.example/b_(c)).` links to `…/b_(c)`. */
const withoutAfter = (candidate: string): string => {
  const last = candidate.at(-1) ?? '';
  const opening = brackets[last as keyof typeof brackets];
  const isSurplus = opening !== undefined && count(candidate, last) > count(candidate, opening);
  return isSurplus || AFTER.test(candidate) ? withoutAfter(candidate.slice(0, -1)) : candidate;
};

/** Where an address leads; undefined where it is none, or hides where it leads behind a user name. */
const hrefOf = (address: string): string | undefined => {
  if (!URL.canParse(address)) return undefined;
  const { href, protocol, username, password, hostname } = new URL(address);
  const isPlain = username === '' && password === '' && hostname.includes('.');
  return isPlain && /^https?:$/.test(protocol) ? href : undefined;
};

/** The text in parts, in its order; together they are the text again. */
export const splitLinks = (text: string): Part[] => {
  const parts: Part[] = [];
  let end = 0;
  const upTo = (start: number): void => {
    if (start > end) parts.push({ kind: 'text', text: text.slice(end, start) });
  };
  for (const { 0: candidate, index } of text.matchAll(CANDIDATE)) {
    const address = withoutAfter(candidate);
    const href = hrefOf(address);
    if (href === undefined) continue;
    upTo(index);
    parts.push({ kind: 'link', text: address, href });
    end = index + address.length;
  }
  upTo(text.length);
  return parts;
};
