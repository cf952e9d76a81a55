/** How a page gets through a rush, or through a service that is being restarted. */
import { randomUUID } from 'node:crypto';
import { eventually } from '@ticketing/common/testing';

const PATIENCE_MS = 120_000;

/** Too busy is an honest answer, and the page tries again, with the same key. */
const BUSY = [408, 409, 429, 502, 503, 504];

/** Asks until there is an answer that is not only about now; no answer at all is none, too. */
export const untilThere = async <A extends { readonly status: number }>(
  ask: (key: Record<string, string>) => Promise<A>,
): Promise<A> => {
  const key = { 'Idempotency-Key': randomUUID() };
  return eventually(async () => {
    const answer = await ask(key);
    if (BUSY.includes(answer.status)) throw new Error(`busy: ${answer.status}`);
    return answer;
  }, PATIENCE_MS);
};
