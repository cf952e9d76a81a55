import { idempotency } from '@ticketing/common/idempotency';
import { republishing } from '@ticketing/common/outbox';
import { rateLimits } from '@ticketing/common/rate-limits';
import { type ServiceDeps, type ServiceParts, serviceApp } from '@ticketing/common/service';
import type { OrderAnswer } from './answer.ts';
import type { OrdersConfig } from './config.ts';
import { orderMetrics } from './metrics.ts';
import { migrations } from './migrations/index.ts';
import { reactions } from './reactions.ts';
import { routes } from './routes.ts';
import { openOrderStore } from './store/orders.ts';
import { openTicketReplica } from './store/tickets.ts';
import { agenda, useCases } from './use-cases/index.ts';

/** Without a word from expiration a hold ends this much late at most, and then some: within a second. */
const SWEEP_MS = 500;

/** Puts the service together; no connection is made here, and nothing listens. */
export const orders = (deps: ServiceDeps, config: OrdersConfig): ServiceParts => {
  const { mongo, clock, logger } = deps;
  const limits = rateLimits(mongo, config.RATE_LIMITS, logger);
  if (!config.RATE_LIMITS) logger.warn('RATE_LIMITS=off: a buyer may hold any number of tickets');
  const later = agenda(clock, logger);
  const tickets = openTicketReplica(deps);
  const store = openOrderStore(deps, tickets);
  const use = useCases({
    orders: store,
    tickets,
    clock,
    logger,
    metrics: orderMetrics(deps.metrics),
    later,
    once: idempotency<OrderAnswer>({ mongo, model: store.model, clock }),
    holdSeconds: config.ORDER_HOLD_SECONDS,
    limited: config.RATE_LIMITS,
  });
  return {
    app: serviceApp(deps, config, { routes: routes(use, limits) }),
    reactions: reactions(use),
    jobs: [
      republishing(store),
      { name: 'cancel overdue orders', everyMs: SWEEP_MS, run: use.sweepOverdueOrders },
    ],
    migrations,
    stop: later.stop,
  };
};
