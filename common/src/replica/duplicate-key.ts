const DUPLICATE_KEY = 11_000;

/** The server's wording. Only the first match counts: the key after it holds what a user sent, and may say anything. */
const INDEX = /\bindex: (\S+) dup key: /;

/**
 * True if a unique index refused a write.
 * @param index only if it was this index
 */
export const isDuplicateKey = (error: unknown, index?: string): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === DUPLICATE_KEY &&
  (index === undefined || INDEX.exec(error.message)?.[1] === index);
