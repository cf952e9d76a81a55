import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { writeWhole } from '../supervisor/home.ts';
import { tryFor } from '../supervisor/try-for.ts';
import { demo, demoTickets } from './demo.ts';

export interface SeedOptions {
  readonly baseUrl: string;
  /** A file that is there once the demo data is in. */
  readonly marker: string;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Puts the demo data in, as a visitor would: through the API, on the first run only. One that was interrupted is
 * taken up where it was left: accounts that exist are signed in to, and tickets that exist are left alone.
 *
 * @returns true: the demo accounts are there
 * @throws when the API answers in a way that nobody expects
 */
export const seedDemo = async ({ baseUrl, marker, report, signal }: SeedOptions): Promise<boolean> => {
  if (existsSync(marker)) return true;
  const since = Date.now();
  const visit = visitor(baseUrl, signal);
  await signUpOrIn(visit, demo.buyer.email);
  const session = await signUpOrIn(visit, demo.seller.email);

  const mine = await visit<{ title: string }[]>('GET', '/api/tickets?userId=me&limit=100', { session });
  const there = new Set(mine.body.map(({ title }) => title));
  const missing = demoTickets.filter(({ title }) => !there.has(title));
  for (const { title, price, place, in: when } of missing) {
    const startsAt = startOf(when);
    await visit('POST', '/api/tickets', { session, body: { title, price, place, startsAt } }, [201]);
  }
  writeWhole(marker, { seededAt: new Date().toISOString() });
  report(
    `Demo data: two accounts and ${demoTickets.length} tickets (${((Date.now() - since) / 1000).toFixed(1)} s)`,
  );
  return true;
};

const startOf = ([days, time]: readonly [number, string]): string => {
  const day = new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  return `${day}T${time}:00Z`;
};

/** @returns the session, as the Cookie header wants it */
const signUpOrIn = async (visit: Visit, email: string): Promise<string> => {
  const body = { email, password: demo.password };
  const signedUp = await visit('POST', '/api/users/signup', { body }, [201, 400]);
  if (signedUp.status === 201) return signedUp.session;
  // Somebody was here before: a seeding that was interrupted.
  return (await visit('POST', '/api/users/signin', { body }, [200])).session;
};

interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly session: string;
}

type Visit = <T = unknown>(
  method: string,
  path: string,
  sent: { readonly session?: string; readonly body?: unknown },
  expected?: readonly number[],
) => Promise<Answer<T>>;

const BUSY = new Set([429, 503]);
const TRIES = 20;
const ANSWER_MS = 30_000;

const visitor =
  (baseUrl: string, signal: AbortSignal): Visit =>
  async (method, path, { session, body }, expected = [200]) => {
    for (let tries = 1; ; tries += 1) {
      const { answer, text } = await tryFor(ANSWER_MS, signal, async (ending) => {
        const begun = await fetch(`${baseUrl}${path}`, {
          method,
          headers: {
            ...(session === undefined ? {} : { Cookie: session }),
            ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: ending,
        });
        return { answer: begun, text: await begun.text() };
      });
      if (expected.includes(answer.status)) {
        const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]);
        return { status: answer.status, body: JSON.parse(text), session: cookies.join('; ') };
      }
      if (!BUSY.has(answer.status) || tries === TRIES) {
        throw new Error(`Demo data: ${method} ${path} answers ${answer.status}: ${text.slice(0, 500)}`);
      }
      await delay(Number(answer.headers.get('retry-after') ?? 1) * 1000, undefined, { signal });
    }
  };
