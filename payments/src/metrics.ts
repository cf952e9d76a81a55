import type { ServiceMetrics } from '@ticketing/common/service';
import { Gauge } from 'prom-client';
import { type Difference, kinds } from './difference.ts';

/** What is measured of payments, beside what every service measures. */
export const paymentMetrics = ({ registry }: Pick<ServiceMetrics, 'registry'>) => {
  const differing = new Gauge({
    name: 'payment_differences',
    help: 'Differences between Stripe, payments and orders that the last reconciliation left: must be 0.',
    labelNames: ['kind'] as const,
    registers: [registry],
  });
  return {
    /** @param left what nobody has repaired; undefined where it is not known, since Stripe or the store did not answer */
    reconciled(left: readonly Difference[] | undefined): void {
      for (const kind of kinds) {
        differing.set({ kind }, left?.filter((one) => one.kind === kind).length ?? Number.NaN);
      }
    },
  };
};

export type PaymentMetrics = ReturnType<typeof paymentMetrics>;
