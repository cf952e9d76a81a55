/** A system's stand-in for Stripe, as its tests see and disturb it. */
import type { ListedPayment } from '@ticketing/stripe-stand-in';
import type { OwnSystem } from './system.ts';

/** All payments of a system, as its stand-in for Stripe lists them. */
export const chargedIn = async ({ run }: Pick<OwnSystem, 'run'>): Promise<ListedPayment[]> =>
  (await (await fetch(run.stripe?.paymentsUrl ?? '')).json()) as ListedPayment[];

/** Changes what the stand-in does (its README, "Faults"). @throws when it refuses */
export const controlStripe = async ({ run }: Pick<OwnSystem, 'run'>, change: object): Promise<void> => {
  const answer = await fetch(run.stripe?.controlUrl ?? '', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(change),
  });
  if (!answer.ok) throw new Error(`Stripe's control answered ${answer.status}: ${await answer.text()}`);
};

/** A price that no other ticket of a test has, so that a payment tells by its amount whose it is. */
export const priceOf = (n: number): number => (1_000 + n) / 100;
