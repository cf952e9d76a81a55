import type { ServiceMetrics } from '@ticketing/common/service';
import { Histogram } from 'prom-client';

/** What is measured of expiries, beside what every service measures. */
export const expirationMetrics = ({ registry, watch }: Pick<ServiceMetrics, 'registry' | 'watch'>) => {
  const registers = [registry];
  const lateness = new Histogram({
    name: 'expiration_lateness_seconds',
    help: 'Time from the end of a hold until the broker has the event that says so.',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60],
    registers,
  });
  return {
    announced: (lateMs: number) => lateness.observe(lateMs / 1000),
    /** Asked at each scrape. */
    watchDeadlines: (count: () => Promise<number>) =>
      watch('expiration_deadlines', 'Holds whose end is waited for, or is being told.', count),
  };
};

export type ExpirationMetrics = ReturnType<typeof expirationMetrics>;
