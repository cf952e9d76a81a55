import { serviceUrl } from '../config.ts';
import { remembered } from './api/remembered.ts';
import type { PaymentsConfig } from './api/types.ts';

const WAIT_MS = 2_000;

/** They change only when payments starts anew. */
const settings = remembered<PaymentsConfig>(
  async () => {
    const answer = await fetch(`${serviceUrl('payments')}/api/payments/config`, {
      signal: AbortSignal.timeout(WAIT_MS),
      cache: 'no-store',
    });
    if (!answer.ok) throw new Error(`payments answered ${answer.status}`);
    return answer.json();
  },
  { freshMs: 60_000, againMs: 5_000 },
);

/**
 * Whether cards are taken by Stripe itself, on whose hosts a page then depends, and not by the stand-in. While payments
 * is away, what was known last; before that, no.
 */
export const stripeTakesCards = async (): Promise<boolean> => {
  const known = await settings();
  return known !== undefined && known.stripeBase === undefined;
};

/** In which everything is sold here, `usd`; undefined as long as payments has not said so. */
export const currencyHere = async (): Promise<string | undefined> => (await settings())?.currency;
