import type { ServiceMetrics } from '@ticketing/common/service';
import { Counter, Histogram } from 'prom-client';

/** What is measured of orders, beside what every service measures. */
export const orderMetrics = ({ registry }: Pick<ServiceMetrics, 'registry'>) => {
  const registers = [registry];
  const lateness = new Histogram({
    name: 'order_expiry_lateness_seconds',
    help: 'Time from the end of a hold to its cancellation, as each replica saw it that went to cancel it.',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60],
    registers,
  });
  const wrongAmount = new Counter({
    name: 'order_payments_wrong_amount_total',
    help: 'Authorised payments of another amount or currency than their order: must stay 0.',
    registers,
  });
  return {
    expired: (lateMs: number) => lateness.observe(lateMs / 1000),
    wrongAmount: () => wrongAmount.inc(),
  };
};

export type OrderMetrics = ReturnType<typeof orderMetrics>;
