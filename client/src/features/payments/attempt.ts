/**
 * What the page remembers of an attempt to pay, until it has its answer: the key under which it may ask again, so that a
 * reload, a lost answer or a second press never begin another one. Of this tab only; no card is in it.
 */
export interface Attempt {
  readonly idempotencyKey: string;
  /** `pm_…`; part of what the key stands for. */
  readonly paymentMethod: string;
  /** Once payments has said it. */
  readonly paymentId?: string;
}

/** What `sessionStorage` is, where the browser lets us have it. */
export type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface Attempts {
  recall(): Attempt | undefined;
  remember(attempt: Attempt): void;
  forget(): void;
}

/** The attempt of one order. Where the browser keeps nothing, it is remembered as long as the page is open. */
export const attemptsOf = (orderId: string, memory: () => Memory): Attempts => {
  const name = `payment of ${orderId}`;
  let here: Attempt | undefined;
  const tried = <T>(use: (storage: Memory) => T): T | undefined => {
    try {
      return use(memory());
    } catch {
      return undefined; // refused, or full
    }
  };
  return {
    recall: () => here ?? read(tried((storage) => storage.getItem(name)) ?? null),
    remember(attempt) {
      here = attempt;
      tried((storage) => storage.setItem(name, JSON.stringify(attempt)));
    },
    forget() {
      here = undefined;
      tried((storage) => storage.removeItem(name));
    },
  };
};

const read = (kept: string | null): Attempt | undefined => {
  if (kept === null) return undefined;
  try {
    const { idempotencyKey, paymentMethod, paymentId } = JSON.parse(kept);
    if (typeof idempotencyKey !== 'string' || typeof paymentMethod !== 'string') return undefined;
    return { idempotencyKey, paymentMethod, ...(typeof paymentId === 'string' ? { paymentId } : {}) };
  } catch {
    return undefined;
  }
};

/** 128 random bits; `crypto.randomUUID` is there on https only, and a shop on somebody's own network is not. */
export const newIdempotencyKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
