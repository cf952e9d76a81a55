/**
 * What payments is told of Stripe on this machine, by `npm start` and by `npm run reconcile` alike: who compares has to
 * ask the same Stripe for the same deployment.
 */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';

/** Between the stand-in and payments; a webhook is a hint and no more, so it guards nothing. */
export const LOCAL_WEBHOOK_SECRET = 'whsec_local';

/** A data folder is a deployment of its own: several developers may share a test account of Stripe's. */
const deploymentOf = (/** @type {string} */ home) =>
  `local-${createHash('sha256').update(`${hostname()} ${home}`).digest('hex').slice(0, 12)}`;

/**
 * @param {object} given
 * @param {string} given.home absolute, the data folder
 * @param {string | undefined} given.apiBase undefined where it is Stripe itself
 * @param {{ secretKey?: string | undefined, publishableKey?: string | undefined, webhookSecret?: string | undefined }} given.keys
 *   those that are not given are the stand-in's
 * @returns {Record<string, string>} settings of payments, and of the command
 */
export const stripeSettings = ({ home, apiBase, keys }) => ({
  STRIPE_SECRET_KEY: keys.secretKey ?? 'sk_test_ticketing',
  STRIPE_PUBLISHABLE_KEY: keys.publishableKey ?? 'pk_test_ticketing',
  STRIPE_WEBHOOK_SECRET: keys.webhookSecret ?? LOCAL_WEBHOOK_SECRET,
  DEPLOYMENT: deploymentOf(home),
  ...(apiBase === undefined ? {} : { STRIPE_API_BASE: apiBase }),
});
