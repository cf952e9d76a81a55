import { z } from 'zod';
import { type BrokerWatch, toHandle } from '../broker-watch.ts';
import { BusUnavailable } from '../event-bus.ts';

/** Milliseconds within which the server answers a request. */
const ANSWER_MS = 3_000;

const serverAnswer = z.object({ cluster_id: z.string() });

const channelAnswer = z.object({
  msgs: z.number(),
  last_seq: z.number(),
  subscriptions: z
    .array(
      z.object({
        // `durable:group` of a durable queue group.
        queue_name: z.string().optional(),
        is_durable: z.boolean(),
        last_sent: z.number(),
        pending_count: z.number(),
      }),
    )
    .default([]),
});

type Channel = z.infer<typeof channelAnswer>;

/**
 * Watches a cluster at its monitoring port; see `watchBroker`.
 *
 * @param settings.monitorUrl `http://host:port`, without user and password
 * @throws {BusUnavailable} when it does not answer, or is no NATS Streaming
 * @throws {TypeError} when `monitorUrl` is missing, is no such URL, or is the one of another cluster
 */
export const watchNatsStreaming = async ({
  clusterId,
  monitorUrl,
}: {
  readonly clusterId: string;
  readonly monitorUrl: string | undefined;
}): Promise<BrokerWatch> => {
  if (!monitorUrl) {
    throw new TypeError('NATS_MONITOR_URL is not set: what is under way is seen at the monitoring port only');
  }
  if (!/^https?:\/\/[^@]+$/.test(monitorUrl)) {
    throw new TypeError(
      'NATS_MONITOR_URL must be a URL that begins with http:// or https://, without a password',
    );
  }
  const base = `${monitorUrl.replace(/\/+$/, '')}/streaming`;
  await checkServer(base, clusterId);
  return {
    async look(types) {
      await checkServer(base, clusterId);
      const channels = await Promise.all(
        types.map(async (type) => ({ type, channel: await askForChannel(base, type) })),
      );
      return {
        waiting: channels.flatMap(({ type, channel }) => waitingIn(type, channel)),
        newest: Object.fromEntries(channels.map(({ type, channel }) => [type, channel.last_seq])),
      };
    },
    close: async () => {},
  };
};

/**
 * Before every look: while the server is still reading its store, it says of each channel that it does not know it, and
 * leaves this question without an answer until it has read all of them.
 */
const checkServer = async (base: string, clusterId: string): Promise<void> => {
  const server = await ask(`${base}/serverz`, serverAnswer);
  if (server === undefined) throw new BusUnavailable('no NATS Streaming answers at NATS_MONITOR_URL');
  if (server.cluster_id !== clusterId) {
    throw new TypeError(`NATS_MONITOR_URL is of the cluster "${server.cluster_id}", not of "${clusterId}"`);
  }
};

const nothingPublished: Channel = { msgs: 0, last_seq: 0, subscriptions: [] };

const askForChannel = async (base: string, type: string): Promise<Channel> =>
  (await ask(`${base}/channelsz?channel=${encodeURIComponent(type)}&subs=1`, channelAnswer)) ??
  nothingPublished;

/** @returns undefined where the server does not know it */
const ask = async <T>(url: string, schema: z.ZodType<T>): Promise<T | undefined> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    const text = await answer.text();
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`it answers ${answer.status}: ${text.slice(0, 300)}`);
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new BusUnavailable('the monitoring port of NATS Streaming does not answer', { cause: error });
  }
};

/**
 * Each member of a queue group is a subscription of its own, with what it was sent; a group without members has one,
 * which is the last that left. So a group has been sent as much as the member that was sent most.
 */
const waitingIn = (type: string, { msgs, last_seq, subscriptions }: Channel): string[] => {
  const groups = new Map<string, { sent: number; unacknowledged: number }>();
  for (const { queue_name, is_durable, last_sent, pending_count } of subscriptions) {
    if (queue_name === undefined || !is_durable) continue;
    const { sent, unacknowledged } = groups.get(queue_name) ?? { sent: 0, unacknowledged: 0 };
    groups.set(queue_name, {
      sent: Math.max(sent, last_sent),
      unacknowledged: unacknowledged + pending_count,
    });
  }
  return [...groups].flatMap(([name, { sent, unacknowledged }]) => {
    // What the server has dropped since, because it was too old, is never sent.
    const unsent = Math.min(msgs, Math.max(0, last_seq - sent));
    return toHandle(name.slice(name.indexOf(':') + 1), unsent + unacknowledged, type);
  });
};
