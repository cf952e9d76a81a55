import { deadLettersInRedis } from '@ticketing/common/dead-letters/redis';
import type { ServiceDeps, ServiceParts } from '@ticketing/common/service';
import type { ExpirationConfig } from './config.ts';
import { expirationMetrics } from './metrics.ts';
import { reactions } from './reactions.ts';
import { openDeadlines } from './store/deadlines.ts';
import { openRedis } from './store/redis.ts';
import { useCases } from './use-cases/index.ts';

/** Puts the service together. It starts while its Redis is away, and is not ready until that is back. */
export const expiration = (deps: ServiceDeps, config: ExpirationConfig): ServiceParts => {
  const { relay, clock, logger } = deps;
  const redis = openRedis(config.REDIS_URL, logger);
  const deadlines = openDeadlines({ redis, clock, logger });
  const metrics = expirationMetrics(deps.metrics);
  metrics.watchDeadlines(deadlines.count);
  const use = useCases({ deadlines, relay, clock, metrics });
  return {
    reactions: reactions(use),
    deadLetters: deadLettersInRedis(redis.commands, 'expiration', clock),
    jobs: [{ name: 'forget what dropped deadlines left', everyMs: 60_000, run: deadlines.tidyUp }],
    ready: () => ({ redis: redis.isReady() }),
    async start() {
      deadlines.watch(use.announceExpiry);
    },
    async stop() {
      await deadlines.stop();
      redis.close();
    },
  };
};
