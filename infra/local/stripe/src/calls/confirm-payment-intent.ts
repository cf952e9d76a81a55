import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { ApiError, invalid, missing, unexpectedState } from '../api/api-error.ts';
import { bool, common, oneOf, text, url } from '../api/params.ts';
import { assertConfirmable, confirm, type Step, UnexpectedState } from '../domain/payment-intent.ts';
import type { Intent, PaymentMethod } from '../domain/records.ts';
import { type Answered, type Caller, call } from './call.ts';
import { assertUnused, meansOf, meansParams } from './payment-method.ts';

/** API versions before 2026-09-30 had it. */
const noLongerSupported = z
  .unknown()
  .optional()
  .superRefine((value, context) => {
    if (value === undefined) return;
    context.addIssue({
      code: 'custom',
      message:
        'payment_method_types is no longer supported. Use dynamic payment methods, or allowed_payment_method_types.',
      params: { stripe: 'payment_method_types_no_longer_supported' },
    });
  });

/** What a confirmation takes, be it a call of its own or part of creating the intent. */
export const confirmationParams = {
  ...meansParams,
  error_on_requires_action: bool.optional(),
  off_session: bool.optional(),
  payment_method_options: z
    .strictObject({
      card: z
        .strictObject({ request_three_d_secure: oneOf(['any', 'automatic', 'challenge']).optional() })
        .optional(),
    })
    .optional(),
  payment_method_types: noLongerSupported,
  receipt_email: text(500).optional(),
  return_url: url.optional(),
  use_stripe_sdk: bool.optional(),
};

const params = z.strictObject({
  ...common,
  ...confirmationParams,
  client_secret: text(500).optional(),
});

type ConfirmationParams = Omit<z.output<typeof params>, 'client_secret' | 'expand' | 'key'>;

/**
 * The intent that the path names. A browser must prove that it was given this one.
 * @throws {ApiError} 404
 */
export const intentOf = ({ books, isBrowser, id }: Caller, clientSecret: string | undefined): Intent => {
  const intent = books.find('intents', id);
  if (intent === undefined) throw missing('intents', id);
  if (isBrowser && clientSecret === undefined) {
    throw invalid('Missing required param: client_secret.', {
      code: 'parameter_missing',
      param: 'client_secret',
    });
  }
  if (clientSecret !== undefined && !isSame(clientSecret, intent.clientSecret)) throw missing('intents', id);
  return intent;
};

const isSame = (given: string, secret: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** @throws {ApiError} 400 `payment_intent_unexpected_state`, where the decision says so */
export const decided = (decide: () => Step): Step => {
  try {
    return decide();
  } catch (error) {
    throw error instanceof UnexpectedState ? unexpectedState(error.intent, error.message) : error;
  }
};

/** Keeps a step and answers the intent, or the refusal of the card. */
export const follow = ({ books }: Caller, step: Step): Answered => {
  books.apply(step);
  if (step.refusal === undefined) return { kind: 'intents', record: step.intent };
  const { paymentMethodId, type, code, declineCode, message, param, chargeId } = step.refusal;
  const paymentMethod = books.find('paymentMethods', paymentMethodId);
  return {
    refusal: new ApiError(402, {
      type,
      code,
      message,
      intent: step.intent,
      ...(declineCode === undefined ? {} : { declineCode }),
      ...(param === undefined ? {} : { param }),
      ...(chargeId === undefined ? {} : { chargeId }),
      ...(paymentMethod === undefined ? {} : { paymentMethod }),
    }),
  };
};

const meansFor = (caller: Caller, intent: Intent, given: ConfirmationParams): PaymentMethod => {
  const method =
    meansOf(caller, given) ??
    (intent.paymentMethodId === null
      ? undefined
      : caller.books.find('paymentMethods', intent.paymentMethodId));
  if (method !== undefined) return method;
  throw unexpectedState(
    intent,
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
  );
};

/** A method that sends the holder elsewhere is possible, so Stripe wants to know where to send them back to. */
const assertReturnUrl = ({ isBrowser }: Caller, intent: Intent, given: ConfirmationParams): void => {
  if (intent.automaticPaymentMethods?.redirects !== 'always' || given.return_url !== undefined || isBrowser)
    return;
  throw invalid(
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
  );
};

/** Confirms an intent that is at hand, new or old. */
export const confirmIntent = (caller: Caller, intent: Intent, given: ConfirmationParams): Step => {
  decided(() => {
    assertConfirmable(intent);
    return { intent, events: [] };
  });
  assertReturnUrl(caller, intent, given);
  const paymentMethod = meansFor(caller, intent, given);
  assertUnused(paymentMethod, intent.id);
  const asked = given.payment_method_options?.card?.request_three_d_secure;
  return confirm(
    {
      ...intent,
      receiptEmail: given.receipt_email ?? intent.receiptEmail,
      requestThreeDSecure: asked ?? intent.requestThreeDSecure,
    },
    {
      paymentMethod,
      returnUrl: given.use_stripe_sdk === true ? null : (given.return_url ?? null),
      refuseToAsk: given.off_session === true || given.error_on_requires_action === true,
    },
    caller.books.now,
  );
};

/** `POST /v1/payment_intents/:id/confirm` */
export const confirmPaymentIntent = call({
  keys: 'any',
  params,
  perform: (caller, given) =>
    follow(caller, confirmIntent(caller, intentOf(caller, given.client_secret), given)),
});
