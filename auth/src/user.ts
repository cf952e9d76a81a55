/** Somebody with an account, and how an account is told apart: by its email. */
import { domainToASCII, domainToUnicode } from 'node:url';
import { BadRequest } from '@ticketing/common/errors';

export interface User {
  readonly id: string;
  /** Canonical: see `canonicalEmail`. */
  readonly email: string;
  /** A PHC string: the algorithm and its parameters with the salt and the hash. */
  readonly passwordHash: string;
  readonly createdAt: Date;
}

export class EmailInUse extends BadRequest {
  constructor() {
    super('email_in_use', 'Email in use', 'email');
  }
}

/** The same for an unknown email and a wrong password: a stranger learns nothing of who has an account. */
export class InvalidCredentials extends BadRequest {
  constructor() {
    super('invalid_credentials', 'Invalid credentials');
  }
}

/** Longest email, in bytes of UTF-8 (RFC 5321, 4.5.3.1.3, without the angle brackets). */
export const MAX_EMAIL = 254;

const lowerCase = (text: string): string => text.normalize('NFC').toLowerCase().normalize('NFC');

/**
 * What a host name can be written with, before IDNA maps it. `domainToASCII` reads its argument as the host of a URL, so
 * it would end at a `/`, `:`, `?` or `#`, leave out a tab, and take `%61` for an `a`: of `eve@example.com#x` it would make
 * somebody else's email.
 */
const HOST_NAME = /^[a-z\d.\-\u{80}-\u{10ffff}]+$/iu;

const hostName = (domain: string): string =>
  HOST_NAME.test(domain) ? domainToUnicode(domainToASCII(domain)) : '';

/**
 * The one way of writing an email: trimmed, lower case, accents composed (NFC), and the domain in letters, also if it
 * was given in Punycode. What is no email comes out no email.
 */
export const canonicalEmail = (typed: string): string => {
  const email = typed.trim();
  const at = email.lastIndexOf('@');
  if (at === -1) return lowerCase(email);
  const domain = hostName(email.slice(at + 1));
  return domain === '' ? lowerCase(email) : `${lowerCase(email.slice(0, at))}@${domain}`;
};

/**
 * Nothing to see: controls, and characters without a width, or that only join or turn others. Two emails must not look
 * like one, so there is no place for those that a title may have.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** True if it can be told apart by eye from every other. */
export const isVisible = (email: string): boolean => !INVISIBLE.test(email);

/** What an answer says of a user. */
export interface UserAnswer {
  readonly id: string;
  readonly email: string;
}

/** The user as anybody may see them who is this user; never the hash. */
export const toAnswer = ({ id, email }: User): UserAnswer => ({ id, email });
