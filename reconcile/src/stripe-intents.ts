import Stripe from 'stripe';
import { type Intent, type IntentSource, type IntentStatus, StripeUnavailable } from './intent.ts';

const PAGE = 100;
/** Reading again does no harm; the SDK waits a little longer each time. */
const RETRIES = 3;

export interface StripeSettings {
  readonly secretKey: string;
  /** Another server that speaks Stripe's API: `http://127.0.0.1:4242`. */
  readonly apiBase?: string | undefined;
  /** Whose intents are listed, where several deployments share an account; in the metadata of each. */
  readonly deployment: string;
  /** Longest wait for one answer. */
  readonly timeoutMs?: number | undefined;
}

/** Intents by Stripe's own SDK. Nothing is sent until the first call. */
export const stripeIntents = ({
  secretKey,
  apiBase,
  deployment,
  timeoutMs = 5_000,
}: StripeSettings): IntentSource => {
  const stripe = new Stripe(secretKey, {
    timeout: timeoutMs,
    maxNetworkRetries: RETRIES,
    telemetry: false,
    ...addressOf(apiBase),
  });
  return {
    async *list(since) {
      const created = { gte: Math.floor(since.getTime() / 1000) };
      const expand = ['data.latest_charge'];
      try {
        for await (const intent of stripe.paymentIntents.list({ created, limit: PAGE, expand })) {
          if (intent.metadata.deployment === deployment) yield toIntent(intent);
        }
      } catch (error) {
        throw failureOf(error);
      }
    },
    async retrieve(id) {
      try {
        return toIntent(await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] }));
      } catch (error) {
        if (isUnknown(error)) return undefined;
        throw failureOf(error);
      }
    },
  };
};

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

const toIntent = (intent: Stripe.PaymentIntent): Intent => ({
  id: intent.id,
  status: isStatus(intent.status) ? intent.status : 'unknown',
  amount: intent.amount,
  amountReceived: intent.amount_received,
  amountRefunded: refundedOf(intent),
  currency: intent.currency,
  metadata: intent.metadata,
  created: new Date(intent.created * 1000),
});

const refundedOf = ({ amount_received: received, latest_charge: charge }: Stripe.PaymentIntent): number => {
  if (charge === null || typeof charge === 'string' || !charge.captured) return 0;
  // Stripe counts what was never captured as given back, too.
  return received - (charge.amount - charge.amount_refunded);
};

const isUnknown = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeError && (error.statusCode === 404 || error.statusCode === 400);

/** Without the message of a 401, which repeats a part of the key. */
const failureOf = (error: unknown): unknown => {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const { type, statusCode, code, requestId } = error;
  const said = [type, statusCode, code, requestId].filter((part) => part !== undefined).join(' ');
  return new StripeUnavailable(`Stripe did not answer: ${said}`);
};
