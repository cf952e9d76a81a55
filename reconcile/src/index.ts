/** The checker as a function: for tests of the whole system, and for the command. */
export { type Intent, type IntentSource, type IntentStatus, StripeUnavailable } from './intent.ts';
export type { Ages } from './order.ts';
export { type ReconcileOptions, reconcile, type Sources } from './reconcile.ts';
export { type Finding, type Invariant, invariants, type Report } from './report.ts';
export { type StripeSettings, stripeIntents } from './stripe-intents.ts';
