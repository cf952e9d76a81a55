import type { PaymentMetrics } from '../metrics.ts';
import { type Reconciling, type Reported, reconcile } from './reconcile.ts';

/** Ten minutes: an authorisation that nobody needs keeps a buyer's money from them. */
export const RECONCILE_EVERY_MS = 10 * 60_000;
const LATELY_MS = 2 * 24 * 60 * 60_000;

/** Reconciles what is of the last two days, repairs what has one right answer, and tells of each difference. */
export const reconcileLately = (deps: Reconciling & { readonly metrics: PaymentMetrics }) => {
  const { clock, logger, metrics } = deps;
  const look = reconcile(deps);

  const tell = ({ repaired, ...difference }: Reported): void => {
    if (repaired) logger.warn(difference, 'Stripe, payments and orders differed: repaired');
    else logger.error(difference, 'Stripe, payments and orders differ: see the command reconcile');
  };

  return async (): Promise<void> => {
    try {
      const since = new Date(clock.now().getTime() - LATELY_MS);
      const reported = await look({ since, repair: true });
      reported.forEach(tell);
      metrics.reconciled(reported.filter(({ repaired }) => !repaired));
    } catch (error) {
      metrics.reconciled(undefined);
      throw error;
    }
  };
};
