import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { Unavailable } from '@ticketing/common/errors';
import pLimit from 'p-limit';

/** The costs of scrypt (RFC 7914): a hash takes 128 · N · r bytes of memory and N · r · p steps. */
export interface ScryptCosts {
  /** Logarithm of N. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/**
 * N = 2^14, r = 8, p = 5: by OWASP's password storage cheat sheet worth as much as 2^17/8/1, with 16 MiB a hash instead
 * of 128. Whoever changes it need do nothing else: hashes made before are renewed as their owners sign in.
 */
export const SCRYPT_COSTS: ScryptCosts = { ln: 14, r: 8, p: 5 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Each takes a core for a quarter of a second, and a thread of the four that also serve DNS and files. */
const AT_ONCE = 2;
/** Those at the end of the queue wait about 7 s; whoever comes then is told to come back. */
const MAX_WAITING = 50;
const RETRY_AFTER_SECONDS = 5;

/** Node's scrypt, or a test's own that counts what is asked of it. */
export type Derive = (password: string, salt: Buffer, costs: ScryptCosts, bytes: number) => Promise<Buffer>;

const deriveWithScrypt: Derive = (password, salt, { ln, r, p }, bytes) =>
  new Promise((resolve, reject) => {
    const N = 2 ** ln;
    // What it needs, and a little for OpenSSL's own: Node's default of 32 MiB would refuse dearer costs one day.
    const options: ScryptOptions = { N, r, p, maxmem: 128 * r * (N + p) + 1024 * 1024 };
    scrypt(password, salt, bytes, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });

export interface PasswordHasher {
  /** A PHC string of the password under a new salt. @throws {Unavailable} when too many wait already */
  hash(password: string): Promise<string>;
  /** Whether it is the password that was hashed. @throws {Unavailable} when too many wait already */
  verify(password: string, stored: string): Promise<boolean>;
  /** True if it was made with other costs than today's. */
  isOutdated(stored: string): boolean;
  /** The hash of nothing: no password matches it, and verifying one against it costs as much as against any other. */
  readonly decoy: string;
}

export interface PasswordHasherOptions {
  readonly costs?: ScryptCosts;
  readonly derive?: Derive;
  readonly maxWaiting?: number;
}

/** https://github.com/P-H-C/phc-string-format: `$scrypt$ln=14,r=8,p=5$<salt>$<hash>`, base64 without padding. */
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

const toPhc = ({ ln, r, p }: ScryptCosts, salt: Buffer, hash: Buffer): string =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(hash)}`;

const parsePhc = (stored: string) => {
  const [, ln, r, p, salt, hash] = PHC.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) throw new Error('a stored password hash is not one of ours');
  return {
    costs: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
};

/** Hashes passwords with scrypt: at most two at once in this process, and a queue with an end for the rest. */
export const passwordHasher = (options: PasswordHasherOptions = {}): PasswordHasher => {
  const { costs = SCRYPT_COSTS, derive = deriveWithScrypt, maxWaiting = MAX_WAITING } = options;
  const queue = pLimit(AT_ONCE);

  const inTurn: Derive = (...work) => {
    if (queue.pendingCount >= maxWaiting) throw new Unavailable(undefined, RETRY_AFTER_SECONDS);
    return queue(derive, ...work);
  };

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      return toPhc(costs, salt, await inTurn(password, salt, costs, HASH_BYTES));
    },
    async verify(password, stored) {
      const { costs: then, salt, hash } = parsePhc(stored);
      return timingSafeEqual(await inTurn(password, salt, then, hash.length), hash);
    },
    isOutdated(stored) {
      const { ln, r, p } = parsePhc(stored).costs;
      return ln !== costs.ln || r !== costs.r || p !== costs.p;
    },
    decoy: toPhc(costs, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES)),
  };
};
