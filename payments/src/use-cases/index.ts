/** Every use case of the service. */
import type { Clock } from '@ticketing/common/clock';
import type { idempotency } from '@ticketing/common/idempotency';
import type { ServiceDeps } from '@ticketing/common/service';
import type { PaymentAnswer } from '../answer.ts';
import type { PaymentMetrics } from '../metrics.ts';
import type { OrderReplica } from '../store/orders.ts';
import type { PaymentStore } from '../store/payments.ts';
import type { WebhookStore } from '../store/webhooks.ts';
import type { StripePort } from '../stripe/stripe-port.ts';
import { attempts } from './attempts.ts';
import { confirmPayment } from './confirm-payment.ts';
import { drivePayment } from './drive-payment.ts';
import { hearStripe } from './hear-stripe.ts';
import { lookForOrder, type OrderLookup } from './look-for-order.ts';
import { payOrder } from './pay-order.ts';
import { reconcileLately } from './reconcile-lately.ts';
import { rememberOrder } from './remember-order.ts';
import { showPayment } from './show-payment.ts';

export interface Deps {
  readonly payments: PaymentStore;
  readonly orders: OrderReplica;
  readonly webhooks: WebhookStore;
  readonly stripe: StripePort;
  readonly clock: Clock;
  readonly logger: ServiceDeps['logger'];
  readonly metrics: PaymentMetrics;
  /** Waits so many milliseconds. */
  pause(ms: number): Promise<unknown>;
  /** A fail point: tests end the process there. In production it does nothing. */
  at(step: string): Promise<void>;
}

/** What the use cases need beside the stores: the attempts that this process drives, and how far behind it is. */
export interface Driving extends Deps {
  readonly attempts: ReturnType<typeof attempts>;
  readonly lookup: OrderLookup;
}

type Once = ReturnType<typeof idempotency<PaymentAnswer>>;

export const useCases = (deps: Deps, once: Once) => {
  const drive = drivePayment(deps);
  const driving: Driving = {
    ...deps,
    attempts: attempts(deps.payments, drive, deps.logger),
    lookup: lookForOrder(deps.orders, deps.clock),
  };
  return {
    confirmPayment: confirmPayment(driving),
    hearStripe: hearStripe(driving),
    payOrder: once(payOrder(driving)),
    reconcileLately: reconcileLately({ ...deps, drive }),
    rememberOrder: rememberOrder(driving),
    showPayment: showPayment(driving),
    work: driving.attempts.work,
    rest: driving.attempts.rest,
  };
};

export type UseCases = ReturnType<typeof useCases>;
