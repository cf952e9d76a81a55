/** What the crowd asked, and what it was told: the only thing that the checker believes beside the stores and Stripe. */
import type { Answer } from '../support/shop.ts';

export const deeds = [
  'sell',
  'edit',
  'withdraw',
  'browse',
  'see ticket',
  'see session',
  'reserve',
  'release',
  'see order',
  'pay',
  'confirm',
  'see payment',
] as const;

export type Deed = (typeof deeds)[number];

/** One request and its answer, as its client saw them. Times in milliseconds since 1970. */
export interface Entry {
  /** `buyer 3`. */
  readonly who: string;
  readonly what: Deed;
  /** Id of the ticket, order or payment that was asked about; none for what is only being made. */
  readonly about?: string | undefined;
  /** Its Idempotency-Key: entries with the same one are the same wish. */
  readonly key?: string | undefined;
  readonly sent?: unknown;
  readonly askedAt: number;
  readonly answeredAt: number;
  /** Undefined: no answer came, so whether it took effect is unknown. */
  readonly status: number | undefined;
  readonly body: unknown;
}

/** The part of an answer that the checker looks at, whatever it is an answer to. */
export interface Told {
  readonly id?: string;
  readonly status?: string;
  readonly version?: number;
  readonly errors?: readonly { readonly message: string; readonly code?: string }[];
}

export const toldIn = ({ body }: Entry): Told => (body ?? {}) as Told;

/** It took effect, or had before: a 2xx. */
export const isDone = ({ status }: Entry): boolean => status !== undefined && status >= 200 && status < 300;

/** Nothing is known of its effect: no answer, or one that says that it could not be dealt with now. */
export const isUnknown = ({ status }: Entry): boolean => status === undefined || status >= 500;

export const openHistory = () => {
  const entries: Entry[] = [];
  return {
    /** Oldest answer first. */
    entries: entries as readonly Entry[],

    /** Asks and writes down what came of it; never rejects. */
    async ask(
      about: Pick<Entry, 'who' | 'what' | 'about' | 'key' | 'sent'>,
      call: () => Promise<Answer<unknown>>,
    ): Promise<Entry> {
      const askedAt = Date.now();
      const { status, body } = await call().catch((error: unknown) => ({
        status: undefined,
        body: error instanceof Error ? `${error.message} (${error.cause ?? 'no cause'})` : String(error),
      }));
      const entry: Entry = { ...about, askedAt, answeredAt: Date.now(), status, body };
      entries.push(entry);
      return entry;
    },
  };
};

export type History = ReturnType<typeof openHistory>;

/** How often each was answered in each way: `reserve 201` → 17. */
export const countsOf = (entries: readonly Entry[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const entry of entries) {
    const { what, status } = entry;
    const code =
      status === undefined ? 'no answer' : [status, toldIn(entry).errors?.[0]?.code].join(' ').trim();
    const name = `${what} ${code}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
};
