import type Stripe from 'stripe';
import type {
  BillingDetails,
  Charge,
  HappenedEvent,
  Intent,
  PaymentError,
  PaymentMethod,
  Refund,
} from '../domain/records.ts';
import type { Reader } from '../store/ledger.ts';

/** The version of Stripe's API whose answers these are: that of the SDK. */
export const API_VERSION = '2026-10-28.endive';

/** How long a bank holds what it has authorised (docs.stripe.com/payments/place-a-hold-on-a-payment-method). */
export const HOLD_SECONDS = 7 * 24 * 60 * 60;

/** What showing a record needs beside it. */
export interface Scene {
  readonly reader: Reader;
  /** Where a browser reaches us, such as `http://localhost:3000/stripe`. */
  readonly publicBase: string;
  /** Whether an event still waits to be delivered. */
  readonly isPending: (eventId: string) => boolean;
}

export const docUrl = (code: string): string =>
  `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;

const billingDetails = ({
  address,
  email,
  name,
  phone,
}: BillingDetails): Stripe.PaymentMethod.BillingDetails => ({
  address: { ...address },
  email,
  name,
  phone,
  tax_id: null,
});

export const presentPaymentMethod = (method: PaymentMethod): Stripe.PaymentMethod => ({
  id: method.id,
  object: 'payment_method',
  allow_redisplay: 'unspecified',
  billing_details: billingDetails(method.billingDetails),
  card: {
    brand: method.card.brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'unchecked' },
    country: method.card.country,
    display_brand: method.card.brand,
    exp_month: method.card.expMonth,
    exp_year: method.card.expYear,
    funding: method.card.funding,
    generated_from: null,
    last4: method.card.last4,
    networks: { available: [method.card.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  },
  created: method.created,
  customer: null,
  customer_account: null,
  livemode: false,
  metadata: { ...method.metadata },
  type: 'card',
});

const lastPaymentError = (error: PaymentError, scene: Scene): Stripe.PaymentIntent.LastPaymentError => {
  const method = scene.reader.find('paymentMethods', error.paymentMethodId);
  return {
    ...(error.chargeId === undefined ? {} : { charge: error.chargeId }),
    code: error.code,
    ...(error.declineCode === undefined ? {} : { decline_code: error.declineCode }),
    doc_url: docUrl(error.code),
    message: error.message,
    ...(error.param === undefined ? {} : { param: error.param }),
    ...(method === undefined ? {} : { payment_method: presentPaymentMethod(method) }),
    payment_method_type: 'card',
    type: error.type,
  };
};

/** The address of the bank's page; unguessable, because the id in it is. */
const authenticationUrl = (id: string, scene: Scene): string => `${scene.publicBase}/3ds/${id}`;

const nextAction = ({ authentication }: Intent, scene: Scene): Stripe.PaymentIntent.NextAction | null => {
  if (authentication === null) return null;
  const page = authenticationUrl(authentication.id, scene);
  if (authentication.returnUrl !== null) {
    return { type: 'redirect_to_url', redirect_to_url: { return_url: authentication.returnUrl, url: page } };
  }
  // Opaque to all but Stripe.js; this is the form it has when there is a page to go to.
  const sdk = { type: 'three_d_secure_redirect', stripe_js: page, source: authentication.id };
  return { type: 'use_stripe_sdk', use_stripe_sdk: sdk as Stripe.PaymentIntent.NextAction.UseStripeSdk };
};

export const presentIntent = (intent: Intent, scene: Scene): Stripe.PaymentIntent => ({
  id: intent.id,
  object: 'payment_intent',
  allowed_payment_method_types: intent.allowedTypes === null ? null : [...intent.allowedTypes],
  amount: intent.amount,
  amount_capturable: intent.status === 'requires_capture' ? intent.amount : 0,
  amount_details: { tip: {} },
  amount_received: intent.amountReceived,
  application: null,
  application_fee_amount: null,
  automatic_payment_methods:
    intent.automaticPaymentMethods === null
      ? null
      : { allow_redirects: intent.automaticPaymentMethods.redirects, enabled: true },
  canceled_at: intent.canceledAt,
  cancellation_reason: intent.cancellationReason,
  capture_method: intent.captureMethod,
  client_secret: intent.clientSecret,
  confirmation_method: 'automatic',
  created: intent.created,
  currency: intent.currency,
  customer: null,
  customer_account: null,
  description: intent.description,
  excluded_payment_method_types: null,
  last_payment_error: intent.lastError === null ? null : lastPaymentError(intent.lastError, scene),
  latest_charge: intent.latestChargeId,
  livemode: false,
  managed_payments: null,
  metadata: { ...intent.metadata },
  next_action: nextAction(intent, scene),
  on_behalf_of: null,
  payment_method: intent.paymentMethodId,
  payment_method_configuration_details: null,
  payment_method_options: {
    card: {
      installments: null,
      mandate_options: null,
      network: null,
      request_three_d_secure: intent.requestThreeDSecure,
    },
  },
  payment_method_types: ['card'],
  payment_record: null,
  processing: null,
  receipt_email: intent.receiptEmail,
  review: null,
  setup_future_usage: null,
  shipping: null,
  source: null,
  statement_descriptor: intent.statementDescriptor,
  statement_descriptor_suffix: intent.statementDescriptorSuffix,
  status: intent.status,
  transfer_data: null,
  transfer_group: null,
});

/** What a browser may see with the client secret (docs.stripe.com/api/payment_intents/object, publishable key). */
const publicFields = [
  'id',
  'object',
  'amount',
  'amount_details',
  'automatic_payment_methods',
  'canceled_at',
  'cancellation_reason',
  'capture_method',
  'client_secret',
  'confirmation_method',
  'created',
  'currency',
  'description',
  'last_payment_error',
  'livemode',
  'next_action',
  'payment_method',
  'payment_method_configuration_details',
  'payment_method_types',
  'processing',
  'receipt_email',
  'setup_future_usage',
  'shipping',
  'source',
  'status',
] as const satisfies readonly (keyof Stripe.PaymentIntent)[];

export const presentIntentToBrowser = (intent: Intent, scene: Scene): Partial<Stripe.PaymentIntent> => {
  const whole = presentIntent(intent, scene);
  return Object.fromEntries(publicFields.map((field) => [field, whole[field]]));
};

const outcome = ({ failure, status }: Charge): Stripe.Charge.Outcome => ({
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: status === 'succeeded' ? 'approved_by_network' : 'declined_by_network',
  reason: failure === null ? null : (failure.declineCode ?? failure.code),
  risk_level: 'normal',
  seller_message: failure === null ? 'Payment complete.' : 'The bank did not accept the payment.',
  type: failure === null ? 'authorized' : 'issuer_declined',
});

export const presentCharge = (charge: Charge, { reader }: Scene): Stripe.Charge => {
  const method = reader.find('paymentMethods', charge.paymentMethodId);
  if (method === undefined) throw new Error(`charge ${charge.id} has no payment method`);
  const { card } = method;
  const held = charge.status === 'succeeded' && !charge.captured;
  return {
    id: charge.id,
    object: 'charge',
    amount: charge.amount,
    amount_captured: charge.amountCaptured,
    amount_refunded: charge.amountRefunded,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: billingDetails(method.billingDetails),
    calculated_statement_descriptor: charge.statementDescriptorSuffix ?? charge.statementDescriptor,
    captured: charge.captured,
    created: charge.created,
    currency: charge.currency,
    customer: null,
    description: charge.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: charge.failure?.code ?? null,
    failure_message: charge.failure?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: { ...charge.metadata },
    on_behalf_of: null,
    outcome: outcome(charge),
    paid: charge.status === 'succeeded',
    payment_intent: charge.intentId,
    payment_method: charge.paymentMethodId,
    payment_method_details: {
      card: {
        amount_authorized: charge.status === 'succeeded' ? charge.amount : null,
        authorization_code: null,
        brand: card.brand,
        ...(held ? { capture_before: charge.created + HOLD_SECONDS } : {}),
        checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
        country: card.country,
        electronic_commerce_indicator: null,
        exp_month: card.expMonth,
        exp_year: card.expYear,
        funding: card.funding,
        installments: null,
        last4: card.last4,
        mandate: null,
        network: card.brand,
        network_transaction_id: null,
        regulated_status: 'unregulated',
        three_d_secure: charge.authenticated ? authenticated : null,
        transaction_link_id: null,
        wallet: null,
      },
      type: 'card',
    },
    receipt_email: charge.receiptEmail,
    receipt_number: null,
    receipt_url: null,
    refunded: charge.amountRefunded === charge.amount,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: charge.statementDescriptor,
    statement_descriptor_suffix: charge.statementDescriptorSuffix,
    status: charge.status,
    transfer_data: null,
    transfer_group: null,
  };
};

const authenticated = {
  authentication_flow: 'challenge',
  electronic_commerce_indicator: '05',
  exemption_indicator: null,
  result: 'authenticated',
  result_reason: null,
  transaction_id: null,
  version: '2.2.0',
} as const satisfies Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure;

export const presentRefund = (refund: Refund): Stripe.Refund => ({
  id: refund.id,
  object: 'refund',
  amount: refund.amount,
  balance_transaction: null,
  charge: refund.chargeId,
  created: refund.created,
  currency: refund.currency,
  customer: null,
  customer_account: null,
  destination_details: {
    card: { type: 'refund', reference_status: 'pending', reference_type: 'acquirer_reference_number' },
    type: 'card',
  },
  metadata: { ...refund.metadata },
  payment_intent: refund.intentId,
  payment_method: null,
  reason: refund.reason,
  receipt_number: null,
  source_transfer_reversal: null,
  status: 'succeeded',
  transfer_reversal: null,
});

/** An event as `GET /v1/events` and the webhook show it. */
export const presentEvent = (
  event: HappenedEvent,
  isPending: boolean,
): Record<string, unknown> & Pick<Stripe.Event, 'id' | 'type'> => ({
  id: event.id,
  object: 'event',
  api_version: API_VERSION,
  created: event.created,
  data: { object: event.object },
  livemode: false,
  pending_webhooks: isPending ? 1 : 0,
  request: { id: event.request.id, idempotency_key: event.request.idempotencyKey },
  type: event.type,
});
