import { z } from 'zod';
import { invalid } from '../api/api-error.ts';
import { bool, common, integer, metadata, oneOf, text } from '../api/params.ts';
import { newId, randomText } from '../domain/identifier.ts';
import { inWords, isCurrency, smallestCharge } from '../domain/money.ts';
import type { Intent } from '../domain/records.ts';
import { call } from './call.ts';
import { confirmationParams, confirmIntent, follow } from './confirm-payment-intent.ts';
import { meansOf } from './payment-method.ts';

const MOST = 99_999_999;

const params = z.strictObject({
  ...common,
  ...confirmationParams,
  // The largest is Stripe's own error, below, and not that of a number out of range.
  amount: integer(1, Number.MAX_SAFE_INTEGER),
  allowed_payment_method_types: z
    .array(oneOf(['card']))
    .min(1)
    .max(1)
    .optional(),
  automatic_payment_methods: z
    .strictObject({ enabled: bool, allow_redirects: oneOf(['always', 'never']).optional() })
    .optional(),
  capture_method: oneOf(['automatic', 'automatic_async', 'manual']).optional(),
  confirm: bool.optional(),
  confirmation_method: oneOf(['automatic']).optional(),
  currency: text(10),
  description: text(1_000).optional(),
  metadata: metadata.optional(),
  statement_descriptor: text(22).optional(),
  statement_descriptor_suffix: text(22).optional(),
});

type Given = z.output<typeof params>;

const currencyOf = (given: string): string => {
  const currency = given.toLowerCase();
  if (isCurrency(currency)) return currency;
  throw invalid('Invalid currency. Stripe supports ISO 4217 codes, like usd.', { param: 'currency' });
};

const assertAmount = (amount: number, currency: string): void => {
  const least = smallestCharge(currency);
  if (amount < least) {
    throw invalid(`Amount must be at least ${inWords(least, currency)} ${currency}`, {
      code: 'amount_too_small',
      param: 'amount',
    });
  }
  if (amount > MOST) {
    throw invalid(`Amount must be no more than ${inWords(MOST, currency)} ${currency}`, {
      code: 'amount_too_large',
      param: 'amount',
    });
  }
};

/** With neither given, Stripe offers what the account has enabled, methods that redirect included. */
const methodsOf = (given: Given): Pick<Intent, 'allowedTypes' | 'automaticPaymentMethods'> => {
  const { automatic_payment_methods: automatic, allowed_payment_method_types: allowed } = given;
  if (automatic !== undefined && allowed !== undefined) {
    throw invalid(
      'You may only specify one of these parameters: automatic_payment_methods, allowed_payment_method_types.',
    );
  }
  if (allowed !== undefined) return { allowedTypes: allowed, automaticPaymentMethods: null };
  if (automatic?.enabled === false) return { allowedTypes: null, automaticPaymentMethods: null };
  return {
    allowedTypes: null,
    automaticPaymentMethods: { redirects: automatic?.allow_redirects ?? 'always' },
  };
};

const onlyWithConfirm = ['error_on_requires_action', 'off_session', 'return_url'] as const;

const assertConfirmParams = (given: Given): void => {
  if (given.confirm === true) return;
  for (const param of onlyWithConfirm) {
    if (given[param] === undefined) continue;
    throw invalid(
      `The parameter \`${param}\` cannot be passed when creating a PaymentIntent unless \`confirm\` is set to true.`,
      { param },
    );
  }
};

/** `POST /v1/payment_intents` */
export const createPaymentIntent = call({
  params,
  perform: (caller, given) => {
    const { books } = caller;
    const currency = currencyOf(given.currency);
    assertAmount(given.amount, currency);
    assertConfirmParams(given);
    const method = meansOf(caller, given);
    const id = newId('pi');
    const created: Intent = {
      id,
      clientSecret: `${id}_secret_${randomText(25)}`,
      created: books.now,
      status: method === undefined ? 'requires_payment_method' : 'requires_confirmation',
      amount: given.amount,
      amountReceived: 0,
      currency,
      captureMethod: given.capture_method ?? 'automatic_async',
      ...methodsOf(given),
      requestThreeDSecure: given.payment_method_options?.card?.request_three_d_secure ?? 'automatic',
      paymentMethodId: method?.id ?? null,
      lastError: null,
      latestChargeId: null,
      authentication: null,
      canceledAt: null,
      cancellationReason: null,
      description: given.description ?? null,
      metadata: given.metadata ?? {},
      receiptEmail: given.receipt_email ?? null,
      statementDescriptor: given.statement_descriptor ?? null,
      statementDescriptorSuffix: given.statement_descriptor_suffix ?? null,
    };
    books.apply({ intent: created, events: ['payment_intent.created'] });
    if (given.confirm !== true) return { kind: 'intents', record: created };
    // Its means are part of it by now.
    const { payment_method: _, payment_method_data: __, ...confirmation } = given;
    return follow(caller, confirmIntent(caller, created, confirmation));
  },
});
