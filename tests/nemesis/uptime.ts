/** How long something was up: what holds "within 5 seconds of uptime" is held to this. */
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_MS = 200;
const ANSWER_MS = 1_000;
/** Between two looks further apart than this it is not known to have been up: the machine was too busy to look. */
const MOST_GAP_MS = 1_000;

interface Look {
  readonly at: number;
  readonly isUp: boolean;
}

/** Up from one look to the next, where both found it so and they are close to each other. Pure. */
export const upBetween = (looks: readonly Look[], from: number, until: number): number => {
  let up = 0;
  for (const [n, look] of looks.entries()) {
    const next = looks[n + 1];
    if (next === undefined || next.at <= from || look.at >= until) continue;
    if (!look.isUp || !next.isUp || next.at - look.at > MOST_GAP_MS) continue;
    up += Math.min(next.at, until) - Math.max(look.at, from);
  }
  return up;
};

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })).ok;
  } catch {
    return false;
  }
};

/**
 * Looks at a service again and again until it is told to stop.
 * @param urls where its replicas say that they are ready; one of them is enough
 * @param isOut something that it needs is known to be away, whatever it says
 */
export const watchUptime = (urls: readonly string[], isOut: () => boolean) => {
  const looks: Look[] = [];
  let isWatching = true;
  const watching = (async () => {
    while (isWatching) {
      const wasOut = isOut();
      const ready = await Promise.any(
        urls.map(async (url) => {
          if (!(await answers(url))) throw new Error('not ready');
        }),
      ).then(
        () => true,
        () => false,
      );
      looks.push({ at: Date.now(), isUp: ready && !wasOut && !isOut() });
      await pause(LOOK_MS);
    }
  })();
  return {
    /** Milliseconds of it in this span of time. */
    between: (from: number, until: number) => upBetween(looks, from, until),
    async stop(): Promise<void> {
      isWatching = false;
      await watching;
    },
  };
};

export type Uptime = Pick<ReturnType<typeof watchUptime>, 'between'>;
