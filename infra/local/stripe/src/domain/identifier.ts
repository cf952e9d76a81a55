import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const UNBIASED = 256 - (256 % ALPHABET.length);

/** Unguessable letters and digits. */
export const randomText = (length: number): string => {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(2 * length)) {
      if (byte < UNBIASED && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
};

type Prefix = 'ch' | 'evt' | 'payatt' | 'pi' | 'pm' | 're' | 'req';

/** An id as Stripe makes them: what it names, and 24 unguessable characters. */
export const newId = (prefix: Prefix): string => `${prefix}_${randomText(24)}`;
