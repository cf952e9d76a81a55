import { setTimeout as pause } from 'node:timers/promises';
import { idempotency } from '@ticketing/common/idempotency';
import { republishing } from '@ticketing/common/outbox';
import { rateLimits } from '@ticketing/common/rate-limits';
import { type ServiceDeps, type ServiceParts, serviceApp } from '@ticketing/common/service';
import { outcomeOf, type PaymentAnswer } from './answer.ts';
import type { PaymentsConfig } from './config.ts';
import { paymentMetrics } from './metrics.ts';
import { reactions } from './reactions.ts';
import { routes, unguarded } from './routes.ts';
import { openOrderReplica } from './store/orders.ts';
import { openPaymentStore } from './store/payments.ts';
import { openWebhookStore } from './store/webhooks.ts';
import type { StripePort } from './stripe/stripe-port.ts';
import { useCases } from './use-cases/index.ts';
import { RECONCILE_EVERY_MS } from './use-cases/reconcile-lately.ts';

/**
 * Puts the service together; no connection is made here, and nothing listens.
 * @param at a fail point for tests, see `Deps`
 */
export const payments = (
  deps: ServiceDeps,
  config: PaymentsConfig,
  stripe: StripePort,
  at: (step: string) => Promise<void> = async () => {},
): ServiceParts => {
  const store = openPaymentStore(deps);
  const once = idempotency<PaymentAnswer>({
    mongo: deps.mongo,
    model: store.model,
    clock: deps.clock,
    isRunning: async (id) => (await store.find(id))?.status === 'authorising',
    answerOf: async (id) => {
      const payment = await store.find(id);
      if (payment === undefined) throw new Error('a payment is never removed');
      return outcomeOf(payment);
    },
  });
  const use = useCases(
    {
      payments: store,
      orders: openOrderReplica(deps),
      webhooks: openWebhookStore(deps),
      stripe,
      clock: deps.clock,
      logger: deps.logger,
      metrics: paymentMetrics(deps.metrics),
      pause,
      at,
    },
    once,
  );
  return {
    app: serviceApp(deps, config, {
      routes: routes(use, rateLimits(deps.mongo, config.RATE_LIMITS, deps.logger), config),
      unguarded: unguarded(use),
    }),
    reactions: reactions(use),
    jobs: [
      republishing(store),
      { name: 'drive what is not settled', everyMs: 500, run: use.work },
      { name: 'reconcile with Stripe', everyMs: RECONCILE_EVERY_MS, run: use.reconcileLately },
    ],
    stop: use.rest,
  };
};
