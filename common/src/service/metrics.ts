import { setTimeout as pause } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type HttpMetrics, httpMetrics } from '../http/index.ts';
import type { ReactionMetrics } from '../messaging/index.ts';
import type { OutboxDepth } from '../outbox/index.ts';

export interface ServiceMetrics extends ReactionMetrics {
  readonly registry: Registry;
  readonly http: HttpMetrics;
  /** Event type → published. */
  published(type: string): void;
  publishFailed(): void;
  /** Asked at each scrape. */
  watchOutboxes(depths: () => Promise<OutboxDepth[]>): void;
  /**
   * A gauge that is asked at each scrape, for two seconds at most: a store that is away or hangs must not take all other
   * numbers with it. Without an answer it is NaN, so that an alert tells what is missing from what is zero.
   */
  watch(name: string, help: string, ask: () => Promise<number>): void;
}

/** What a store says within this time, or nothing: while it is away, the other metrics are needed most. */
const LOOK_MS = 2_000;

/** A look at a store that several metrics of one scrape share. Undefined when the store is away or slow. */
const atOneScrape = <T>(look: () => Promise<T>): (() => Promise<T | undefined>) => {
  let looking: Promise<T | undefined> | undefined;
  const lookOnce = async (): Promise<T | undefined> => {
    const late = new AbortController();
    const gaveUp = pause(LOOK_MS, undefined, { signal: late.signal, ref: false });
    try {
      return await Promise.race([look(), gaveUp]);
    } catch {
      return undefined;
    } finally {
      gaveUp.catch(() => {});
      late.abort();
      looking = undefined;
    }
  };
  return () => {
    looking ??= lookOnce();
    return looking;
  };
};

const outboxGauges: readonly [name: string, help: string, measure: (outbox: OutboxDepth) => number][] = [
  ['outbox_depth', 'Documents with events that the broker has not acknowledged.', ({ depth }) => depth],
  [
    'outbox_oldest_age_seconds',
    'Age of the oldest event that the broker has not acknowledged.',
    ({ ageSeconds }) => ageSeconds,
  ],
];

export const serviceMetrics = (service: string): ServiceMetrics => {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const published = new Counter({
    name: 'events_published_total',
    help: 'Events that the broker has acknowledged.',
    labelNames: ['type'] as const,
    registers,
  });
  const publishFailed = new Counter({
    name: 'events_publish_failed_total',
    help: 'Rounds of publishing that failed; the events stay in the outbox.',
    registers,
  });
  const consumed = new Histogram({
    name: 'event_reaction_duration_seconds',
    help: 'Time of a reaction that took effect; its count is the number of events consumed.',
    labelNames: ['type'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
    registers,
  });
  const failed = new Counter({
    name: 'event_reactions_failed_total',
    help: 'Tries of a reaction that failed; the event is tried again, or given up.',
    labelNames: ['type'] as const,
    registers,
  });
  const givenUp = new Counter({
    name: 'events_given_up_total',
    help: 'Events that became dead letters.',
    labelNames: ['type'] as const,
    registers,
  });
  return {
    registry,
    http: httpMetrics(registry),
    published: (type) => published.inc({ type }),
    publishFailed: () => publishFailed.inc(),
    consumed: (type, seconds) => consumed.observe({ type }, seconds),
    failed: (type) => failed.inc({ type }),
    givenUp: (type) => givenUp.inc({ type }),
    watchOutboxes(depths) {
      const look = atOneScrape(depths);
      for (const [name, help, measure] of outboxGauges) {
        new Gauge({
          name,
          help,
          labelNames: ['outbox'] as const,
          registers,
          async collect() {
            this.reset();
            for (const outbox of (await look()) ?? []) this.set({ outbox: outbox.name }, measure(outbox));
          },
        });
      }
    },
    watch(name, help, ask) {
      const look = atOneScrape(ask);
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.set((await look()) ?? Number.NaN);
        },
      });
    },
  };
};
