/**
 * The server's clock as a browser can know it. A `Date` header says whole seconds, and an answer takes its time; but
 * each answer bounds how far the two clocks are apart from both sides, and all of them must hold at once. So a few
 * answers, heard at different fractions of a second, tell it much better than a second.
 */

/** How far the server's clock is ahead of the device's, at least and at most, in milliseconds. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** One answer, in milliseconds by the device's clock. */
export interface Heard {
  /** The `Date` header as it came. */
  readonly date: string;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** A server writes its date once a second and uses it again until then; a busy one is a little late with it. */
const DATE_LATE_MS = 50;

/**
 * What one answer tells: it was written after the question was sent and before the answer came, within the second that
 * its date names. Undefined where the date is none.
 */
export const boundsOf = ({ date, sentAt, receivedAt }: Heard): Bounds | undefined => {
  const second = Date.parse(date);
  if (Number.isNaN(second)) return undefined;
  return { least: second - receivedAt, most: second + 1000 + DATE_LATE_MS - sentAt };
};

/**
 * What the clock of a service said when its answer came, in milliseconds since 1970, as a server knows it whose own clock
 * should be the same. Its own tells the milliseconds, as long as it agrees with the second that the service has named.
 * @param date the `Date` header as it came; where it is none, our own clock has to do
 */
export const serviceTime = (date: string, now = Date.now()): number => {
  const bounds = boundsOf({ date, sentAt: now, receivedAt: now });
  return bounds === undefined ? now : now + Math.min(Math.max(0, bounds.least), bounds.most);
};

/** What holds by both. Where nothing does, one of the clocks was set meanwhile, and only the fresh one counts. */
export const narrow = (known: Bounds | undefined, fresh: Bounds): Bounds => {
  if (known === undefined) return fresh;
  const least = Math.max(known.least, fresh.least);
  const most = Math.min(known.most, fresh.most);
  return least <= most ? { least, most } : fresh;
};

export interface ServerClock {
  /** The page is alive: time passes from now on, also while no answer is heard. */
  start(): void;
  /** Takes an answer into account. */
  hear(answer: Heard): void;
  /** Milliseconds since 1970 by the server's clock, as well as it is known. */
  now(): number;
}

/**
 * @param asOf what the server's clock said when it rendered the page, in milliseconds: it stands still there, so that
 *   the browser renders the same first, until `start` or an answer
 */
export const serverClock = (asOf: number, device: () => number = Date.now): ServerClock => {
  let bounds: Bounds | undefined;
  let startedAt: number | undefined;
  /** When the page came alive, the server had rendered it already. Without it a new hold of 15:00 could show as 15:01. */
  const rendered = (): Bounds | undefined =>
    startedAt === undefined ? undefined : { least: asOf - startedAt, most: Number.POSITIVE_INFINITY };
  return {
    start() {
      startedAt ??= device();
    },
    hear(answer) {
      const fresh = boundsOf(answer);
      if (fresh !== undefined) bounds = narrow(bounds ?? rendered(), fresh);
    },
    now() {
      if (bounds !== undefined) return device() + (bounds.least + bounds.most) / 2;
      return startedAt === undefined ? asOf : asOf + device() - startedAt;
    },
  };
};
