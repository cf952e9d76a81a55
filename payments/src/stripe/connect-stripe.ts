import Stripe from 'stripe';
import type { StripeConfig } from '../config.ts';
import {
  type Decline,
  ForgedWebhook,
  type Intent,
  type IntentStatus,
  StripeKeptError,
  type StripePort,
  StripeRefused,
  StripeUnavailable,
  type WebhookEvent,
} from './stripe-port.ts';

const PAGE = 100;

/**
 * The port to Stripe, over Stripe's own SDK. Nothing is sent until the first call.
 *
 * The SDK retries nothing by itself here, but for one case that it does not let us turn off: a connection closed under
 * a request is asked once more, under the same idempotency key (stripe-node#1040).
 */
export const connectStripe = (config: StripeConfig): StripePort => {
  const deployment = config.DEPLOYMENT;
  const stripe = new Stripe(config.STRIPE_SECRET_KEY, {
    timeout: config.STRIPE_TIMEOUT_MS,
    maxNetworkRetries: 0,
    telemetry: false,
    ...addressOf(config.STRIPE_API_BASE),
  });

  const ask = async (question: Promise<Stripe.PaymentIntent>): Promise<Intent> => {
    try {
      return toIntent(await question);
    } catch (error) {
      throw failureOf(error, false);
    }
  };

  return {
    async createMethod(token, idempotencyKey) {
      try {
        const made = await stripe.paymentMethods.create(
          { type: 'card', card: { token } },
          { idempotencyKey },
        );
        return made.id;
      } catch (error) {
        throw failureOf(error, true);
      }
    },
    async createIntent({ amount, currency, paymentMethod, metadata, idempotencyKey }) {
      try {
        const created = await stripe.paymentIntents.create(
          {
            amount,
            currency,
            capture_method: 'manual',
            // Without methods that redirect, so that confirming needs no address to come back to.
            automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
            metadata: { ...metadata, deployment },
            payment_method: paymentMethod,
          },
          { idempotencyKey },
        );
        return toIntent(created);
      } catch (error) {
        throw failureOf(error, true);
      }
    },
    confirm: (intentId) => ask(stripe.paymentIntents.confirm(intentId)),
    capture: (intentId) => ask(stripe.paymentIntents.capture(intentId)),
    cancel: (intentId) => ask(stripe.paymentIntents.cancel(intentId)),
    retrieve: (intentId) => ask(stripe.paymentIntents.retrieve(intentId, { expand: ['latest_charge'] })),
    async *list(since) {
      const created = { gte: Math.floor(since.getTime() / 1000) };
      const expand = ['data.latest_charge'];
      try {
        for await (const intent of stripe.paymentIntents.list({ created, limit: PAGE, expand })) {
          // An account may be shared: what others made on it is theirs to look after.
          if (intent.metadata.deployment === deployment) yield toIntent(intent);
        }
      } catch (error) {
        throw failureOf(error, false);
      }
    },
    readWebhook: (rawBody, signature) => {
      try {
        return toWebhookEvent(
          stripe.webhooks.constructEvent(rawBody, signature ?? '', config.STRIPE_WEBHOOK_SECRET),
        );
      } catch {
        // Whatever is wrong with it, the signature or what it signs, it is not a word of Stripe's to us.
        throw new ForgedWebhook('not signed by Stripe, or too old');
      }
    },
  };
};

/** Where another server than Stripe's own speaks its API. */
const addressOf = (base: string | undefined): Stripe.StripeConfig => {
  if (base === undefined) return {};
  const { protocol, hostname, port } = new URL(base);
  const isPlain = protocol === 'http:';
  return {
    protocol: isPlain ? 'http' : 'https',
    host: hostname,
    port: port === '' ? (isPlain ? 80 : 443) : Number(port),
  };
};

const statuses: readonly string[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'canceled',
  'succeeded',
] satisfies readonly IntentStatus[];

const isStatus = (status: string): status is IntentStatus => statuses.includes(status);

const toIntent = (intent: Stripe.PaymentIntent): Intent => {
  const { status } = intent;
  const action = actionUrlOf(intent);
  const method = intent.payment_method ?? undefined;
  return {
    id: intent.id,
    // A status that Stripe invents later must not be taken for one we know.
    status: isStatus(status) ? status : 'unknown',
    amount: intent.amount,
    amountReceived: intent.amount_received,
    amountRefunded: refundedOf(intent),
    currency: intent.currency,
    metadata: intent.metadata,
    created: new Date(intent.created * 1000),
    ...(intent.client_secret === null ? {} : { clientSecret: intent.client_secret }),
    ...(method === undefined ? {} : { paymentMethod: typeof method === 'string' ? method : method.id }),
    ...(intent.last_payment_error === null ? {} : { lastError: toDecline(intent.last_payment_error) }),
    ...(action === undefined ? {} : { actionUrl: action }),
  };
};

/** The charge is there where we asked for it; without it, the call has only just moved the money, and none is back. */
const refundedOf = ({ amount_received: received, latest_charge: charge }: Stripe.PaymentIntent): number => {
  if (charge === null || typeof charge === 'string' || !charge.captured) return 0;
  // Stripe counts what was never captured as given back, too.
  return received - (charge.amount - charge.amount_refunded);
};

/** The bank's page, where it is one; otherwise the browser's Stripe.js knows what to do with the client secret. */
const actionUrlOf = ({ next_action: action }: Stripe.PaymentIntent): string | undefined => {
  if (action?.redirect_to_url?.url) return action.redirect_to_url.url;
  const sdk: Record<string, unknown> = { ...action?.use_stripe_sdk };
  return sdk.type === 'three_d_secure_redirect' && typeof sdk.stripe_js === 'string'
    ? sdk.stripe_js
    : undefined;
};

const toDecline = (error: {
  message?: string | undefined;
  code?: string | undefined;
  decline_code?: string | undefined;
}): Decline => ({
  message: error.message ?? 'The payment was refused.',
  ...(error.code === undefined ? {} : { code: error.code }),
  ...(error.decline_code === undefined ? {} : { declineCode: error.decline_code }),
});

/** Events about a charge or a refund name their intent. */
const toWebhookEvent = ({ id, type, data }: Stripe.Event): WebhookEvent => {
  const about: { object?: unknown; id?: unknown; payment_intent?: unknown } = { ...data.object };
  const intentId = about.object === 'payment_intent' ? about.id : about.payment_intent;
  return { id, type, ...(typeof intentId === 'string' ? { intentId } : {}) };
};

/** Refusals that are about this request and will stay; all others say nothing of what has happened. */
const isRefusal = (status: number | undefined): boolean => status === 400 || status === 402 || status === 404;

/**
 * What an error of the SDK means. A wrong key (401, 403) is our own mistake and says nothing about the payment: taken
 * for a refusal, it would end every attempt there is.
 * @param isKeyed the call had an idempotency key of ours, so a 5xx is what Stripe answers to that key from now on, and
 *   a key that was used with other parameters (a setting has changed meanwhile) is of no use any more
 */
const failureOf = (error: unknown, isKeyed: boolean): unknown => {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const { statusCode: status, code, requestId } = error;
  // Neither the message of a 401, which repeats a part of the key, nor the intent in it belongs into a log.
  const said = [error.type, status, code, requestId].filter((part) => part !== undefined).join(' ');
  if (status !== undefined && status >= 500) {
    return isKeyed ? new StripeKeptError(said) : new StripeUnavailable(said);
  }
  const isSpent = isKeyed && status === 400 && error instanceof Stripe.errors.StripeIdempotencyError;
  if (isSpent) return new StripeKeptError(said);
  const isRateLimit = error instanceof Stripe.errors.StripeRateLimitError;
  if (isRefusal(status) && !isRateLimit) {
    return new StripeRefused(toDecline({ message: error.message, code, decline_code: error.decline_code }));
  }
  return new StripeUnavailable(said);
};
