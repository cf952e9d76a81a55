import { setTimeout as delay } from 'node:timers/promises';
import { tryFor } from '../supervisor/try-for.ts';

interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly session: string;
}

/** Asks as a visitor would, once more where it is told to wait. @throws when it is answered otherwise than expected */
export type Visit = <T = unknown>(
  method: string,
  path: string,
  sent: { readonly session?: string; readonly body?: unknown },
  expected?: readonly number[],
) => Promise<Answer<T>>;

const BUSY = new Set([429, 503]);
const TRIES = 20;
const ANSWER_MS = 30_000;

/**
 * @param urlOf where a path of the public API is asked
 * @param headers sent with each request
 */
export const visitor =
  (
    urlOf: (path: string) => string,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>> = {},
  ): Visit =>
  async (method, path, { session, body }, expected = [200]) => {
    for (let tries = 1; ; tries += 1) {
      const { answer, text } = await tryFor(ANSWER_MS, signal, async (ending) => {
        const begun = await fetch(urlOf(path), {
          method,
          headers: {
            ...headers,
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
        return { status: answer.status, body: JSON.parse(text || 'null'), session: cookies.join('; ') };
      }
      if (!BUSY.has(answer.status) || tries === TRIES) {
        throw new Error(`Demo data: ${method} ${path} answers ${answer.status}: ${text.slice(0, 500)}`);
      }
      await delay(Number(answer.headers.get('retry-after') ?? 1) * 1000, undefined, { signal });
    }
  };
