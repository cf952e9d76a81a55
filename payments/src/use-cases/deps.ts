/** What the use cases are given. */
import type { Clock } from '@ticketing/common/clock';
import type { ServiceDeps } from '@ticketing/common/service';
import type { PaymentMetrics } from '../metrics.ts';
import type { OrderReplica } from '../store/orders.ts';
import type { PaymentStore } from '../store/payments.ts';
import type { WebhookStore } from '../store/webhooks.ts';
import type { StripePort } from '../stripe/stripe-port.ts';
import type { attempts } from './attempts.ts';
import type { OrderLookup } from './look-for-order.ts';

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
