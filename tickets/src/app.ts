import { idempotency } from '@ticketing/common/idempotency';
import { republishing } from '@ticketing/common/outbox';
import { rateLimits } from '@ticketing/common/rate-limits';
import { type ServiceDeps, type ServiceParts, serviceApp } from '@ticketing/common/service';
import type { TicketAnswer } from './answer.ts';
import type { TicketsConfig } from './config.ts';
import { reactions } from './reactions.ts';
import { routes } from './routes.ts';
import { openTicketStore } from './store/tickets.ts';
import { useCases } from './use-cases/index.ts';

/** Puts the service together; no connection is made here, and nothing listens. */
export const tickets = (deps: ServiceDeps, config: TicketsConfig): ServiceParts => {
  const { mongo, clock } = deps;
  const store = openTicketStore(deps);
  const once = idempotency<TicketAnswer>({ mongo, model: store.model, clock });
  const use = useCases({ tickets: store, clock, currency: config.CURRENCY, once });
  return {
    app: serviceApp(deps, config, {
      routes: routes(use, rateLimits(mongo, config.RATE_LIMITS, deps.logger)),
    }),
    reactions: reactions(use),
    jobs: [
      republishing(store),
      { name: 'take started tickets off the list', everyMs: 15_000, run: use.unlistStartedTickets },
    ],
  };
};
