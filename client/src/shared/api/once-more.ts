/** As node says it of a connection that ended while an answer was awaited. */
const CUT = new Set(['ECONNRESET', 'EPIPE']);

const isCut = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && CUT.has(String(error.code));

/**
 * Asks a second time where the connection was cut before there was an answer. A service that stops ends the kept
 * connections that nothing is asked on, and a question may be on its way on one of them in that moment; its successor
 * answers. Only where it is a question (`get`): of a write nobody knows whether it was done.
 *
 * @param ask rejects with node's code where there was no answer
 */
export const onceMore = async <T>(method: string, ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    if (method !== 'get' || !isCut(error)) throw error;
    return ask();
  }
};
