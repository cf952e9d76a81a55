/** The whole service, and the visitors who come to it with their browsers. */

import type { Clock } from '@ticketing/common/clock';
import { jwksSchema, sessionVerifier } from '@ticketing/common/http';
import type { ServiceDeps } from '@ticketing/common/service';
import { startTestService } from '@ticketing/common/testing';
import { auth } from '../src/app.ts';
import type { AuthConfig } from '../src/config.ts';
import { newSigningKeys, publicKeySet, type SigningKeys } from '../src/keys/signing-keys.ts';
import type { PasswordHasher } from '../src/passwords/password-hasher.ts';
import { passwordHasher } from '../src/passwords/password-hasher.ts';

/** A hundredth of the real cost: most tests are about something else. */
export const quickHasher = (): PasswordHasher => passwordHasher({ costs: { ln: 7, r: 8, p: 1 } });

/** A clock that a test can move. */
export const movableClock = () => {
  let ahead = 0;
  return {
    now: () => new Date(Date.now() + ahead),
    advance(seconds: number) {
      ahead += seconds * 1000;
    },
  };
};

export const HOUR = 60 * 60;
export const DAY = 24 * HOUR;

export const settings = (given: Partial<Omit<AuthConfig, 'SESSION_PUBLIC_KEYS'>> = {}): AuthConfig => {
  const keys = given.SESSION_PRIVATE_KEYS ?? newSigningKeys();
  return {
    COOKIE_SECURE: false,
    TRUST_PROXY_HOPS: 0,
    // One address is every visitor here; limits have a test of their own.
    RATE_LIMITS: false,
    ...given,
    SESSION_PRIVATE_KEYS: keys,
    SESSION_PUBLIC_KEYS: publicKeySet(keys),
  };
};

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests are about
  readonly body: any;
  readonly headers: Headers;
  /** What was said of the session's cookie: its value, '' where it was taken away, undefined where nothing was said. */
  readonly cookie: string | undefined;
}

const COOKIE = /^session=([^;]*)/;

/** The JWT inside a cookie's value. */
export const tokenIn = (cookie: string | undefined): string =>
  String(JSON.parse(Buffer.from(cookie ?? '', 'base64').toString('utf8')).jwt);

/** The value of a cookie that holds a token. */
export const cookieOf = (token: unknown): string =>
  Buffer.from(JSON.stringify({ jwt: token })).toString('base64');

/** Somebody with a browser that keeps the session's cookie. */
export class Visitor {
  readonly #url: string;
  cookie: string | undefined;

  constructor(url: string, cookie?: string) {
    this.#url = url;
    this.cookie = cookie;
  }

  async ask(method: string, path: string, init: { body?: string; headers?: Record<string, string> } = {}) {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        ...(init.body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(this.cookie === undefined ? {} : { Cookie: `session=${this.cookie}` }),
        ...init.headers,
      },
      ...(init.body === undefined ? {} : { body: init.body }),
    });
    const said = response.headers.getSetCookie().map((line) => COOKIE.exec(line)?.[1]);
    const cookie = said.find((value) => value !== undefined);
    if (cookie !== undefined) this.cookie = cookie === '' ? undefined : cookie;
    const text = await response.text();
    const answer: Answer = {
      status: response.status,
      body: text === '' ? undefined : JSON.parse(text),
      headers: response.headers,
      cookie,
    };
    return answer;
  }

  post(path: string, body: unknown) {
    return this.ask('POST', path, { body: JSON.stringify(body) });
  }

  signUp(email: string, password = GOOD_PASSWORD) {
    return this.post('/api/users/signup', { email, password });
  }

  signIn(email: string, password = GOOD_PASSWORD) {
    return this.post('/api/users/signin', { email, password });
  }

  signOut() {
    return this.ask('POST', '/api/users/signout');
  }

  currentUser() {
    return this.ask('GET', '/api/users/currentuser');
  }
}

export const GOOD_PASSWORD = 'brass kettle on the tram';

export interface FrontDeskOptions {
  readonly clock?: Clock;
  readonly passwords?: PasswordHasher;
  readonly keys?: SigningKeys;
  /** Of another front desk: a replica of it, or the same one after a restart. */
  readonly databaseUrl?: string;
  readonly limited?: boolean;
  /** Silent, where nothing else is said. */
  readonly logger?: ServiceDeps['logger'];
}

export const openFrontDesk = async (options: FrontDeskOptions = {}) => {
  const { clock, passwords, keys, databaseUrl, limited = false, logger } = options;
  const config = settings({
    RATE_LIMITS: limited,
    // Limits go by the address that a proxy tells.
    TRUST_PROXY_HOPS: limited ? 1 : 0,
    ...(keys === undefined ? {} : { SESSION_PRIVATE_KEYS: keys }),
  });
  const service = await startTestService(
    'auth',
    (deps) => {
      const own = { ...deps, clock: clock ?? deps.clock, logger: logger ?? deps.logger };
      return auth(own, config, passwords ?? quickHasher());
    },
    databaseUrl === undefined ? {} : { config: { MONGO_URL: databaseUrl } },
  );
  return {
    service,
    url: service.url,
    mongo: service.deps.mongo,
    keys: config.SESSION_PRIVATE_KEYS,
    visitor: (cookie?: string) => new Visitor(service.url, cookie),
    /** Another service, that knows nothing but the public keys. */
    elsewhere: sessionVerifier(jwksSchema.parse(publicKeySet(config.SESSION_PRIVATE_KEYS))),
    end: () => service.end(),
  };
};

export type FrontDesk = Awaited<ReturnType<typeof openFrontDesk>>;
