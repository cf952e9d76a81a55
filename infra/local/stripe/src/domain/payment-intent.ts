/**
 * The life of a PaymentIntent (docs.stripe.com/payments/paymentintents/lifecycle): pure decisions, each giving what
 * changes and what Stripe would tell of it. A call at the wrong time throws `UnexpectedState`.
 */
import { type DeclineReason, declines } from './card.ts';
import { newId } from './identifier.ts';
import type {
  CancellationReason,
  Charge,
  EventType,
  Intent,
  IntentStatus,
  PaymentError,
  PaymentMethod,
  Refund,
  Seconds,
} from './records.ts';

/** What a decision changes. */
export interface Step {
  readonly intent: Intent;
  readonly charge?: Charge;
  readonly paymentMethod?: PaymentMethod;
  readonly refund?: Refund;
  /** In the order in which they happen; each is told of the object that its name begins with. */
  readonly events: readonly EventType[];
  /** The card was refused: the call answers 402, and the step is kept all the same. */
  readonly refusal?: PaymentError;
}

/** The call does not fit the intent's status. The message is Stripe's. */
export class UnexpectedState extends Error {
  override readonly name = 'UnexpectedState';
  readonly intent: Intent;

  constructor(intent: Intent, message: string) {
    super(message);
    this.intent = intent;
  }
}

const confirmable: readonly IntentStatus[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];

const cancelable: readonly IntentStatus[] = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
];

export interface Confirmation {
  readonly paymentMethod: PaymentMethod;
  /** Where the holder's browser goes after the bank's page; null when a script of the shop handles that. */
  readonly returnUrl: string | null;
  /** The holder is away, or the caller does not want to wait: a bank that asks is a refusal. */
  readonly refuseToAsk: boolean;
}

/** @throws {UnexpectedState} */
export const assertConfirmable = (intent: Intent): void => {
  if (confirmable.includes(intent.status)) return;
  throw new UnexpectedState(
    intent,
    intent.status === 'succeeded'
      ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.'
      : `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: ${confirmable.join(', ')}.`,
  );
};

/** Tries the card: authorised (or charged, when capture is automatic), refused, or the bank wants to ask first. */
export const confirm = (
  intent: Intent,
  { paymentMethod, returnUrl, refuseToAsk }: Confirmation,
  now: Seconds,
): Step => {
  assertConfirmable(intent);
  const asks = paymentMethod.card.authentication === 'required' || intent.requestThreeDSecure !== 'automatic';
  if (!asks) return charge(intent, paymentMethod, now, false);
  if (refuseToAsk) return decline(intent, paymentMethod, 'authenticationRequired', now, false);
  return {
    intent: {
      ...intent,
      status: 'requires_action',
      paymentMethodId: paymentMethod.id,
      lastError: null,
      authentication: { id: newId('payatt'), returnUrl },
    },
    events: ['payment_intent.requires_action'],
  };
};

/** The holder has answered the bank. */
export const authenticate = (
  intent: Intent,
  paymentMethod: PaymentMethod,
  succeeded: boolean,
  now: Seconds,
): Step => {
  if (intent.status !== 'requires_action') {
    throw new UnexpectedState(
      intent,
      `This PaymentIntent waits for no authentication: it is ${intent.status}.`,
    );
  }
  if (succeeded) return charge(intent, paymentMethod, now, true);
  const error: PaymentError = {
    type: 'invalid_request_error',
    code: 'payment_intent_authentication_failure',
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
    paymentMethodId: paymentMethod.id,
  };
  return { intent: refused(intent, error), events: ['payment_intent.payment_failed'] };
};

const refused = (intent: Intent, lastError: PaymentError): Intent => ({
  ...intent,
  status: 'requires_payment_method',
  paymentMethodId: null,
  authentication: null,
  lastError,
});

const newCharge = (
  intent: Intent,
  paymentMethod: PaymentMethod,
  now: Seconds,
  authenticated: boolean,
): Charge => ({
  id: newId('ch'),
  intentId: intent.id,
  paymentMethodId: paymentMethod.id,
  created: now,
  amount: intent.amount,
  currency: intent.currency,
  status: 'succeeded',
  captured: false,
  amountCaptured: 0,
  amountRefunded: 0,
  authenticated,
  failure: null,
  description: intent.description,
  metadata: intent.metadata,
  receiptEmail: intent.receiptEmail,
  statementDescriptor: intent.statementDescriptor,
  statementDescriptorSuffix: intent.statementDescriptorSuffix,
});

const decline = (
  intent: Intent,
  paymentMethod: PaymentMethod,
  reason: DeclineReason,
  now: Seconds,
  authenticated: boolean,
): Step => {
  const failure = declines[reason];
  const failed: Charge = {
    ...newCharge(intent, paymentMethod, now, authenticated),
    status: 'failed',
    failure,
  };
  const error: PaymentError = {
    type: 'card_error',
    ...failure,
    chargeId: failed.id,
    paymentMethodId: paymentMethod.id,
  };
  return {
    intent: { ...refused(intent, error), latestChargeId: failed.id },
    charge: failed,
    events: ['charge.failed', 'payment_intent.payment_failed'],
    refusal: error,
  };
};

const charge = (intent: Intent, paymentMethod: PaymentMethod, now: Seconds, authenticated: boolean): Step => {
  const { decline: reason } = paymentMethod.card;
  if (reason !== null) return decline(intent, paymentMethod, reason, now, authenticated);
  const held = newCharge(intent, paymentMethod, now, authenticated);
  const authorised: Intent = {
    ...intent,
    status: 'requires_capture',
    paymentMethodId: paymentMethod.id,
    latestChargeId: held.id,
    lastError: null,
    authentication: null,
  };
  const used: PaymentMethod = { ...paymentMethod, usedBy: intent.id };
  if (intent.captureMethod === 'manual') {
    return {
      intent: authorised,
      charge: held,
      paymentMethod: used,
      events: ['charge.succeeded', 'payment_intent.amount_capturable_updated'],
    };
  }
  return {
    intent: { ...authorised, status: 'succeeded', amountReceived: intent.amount },
    charge: { ...held, captured: true, amountCaptured: intent.amount },
    paymentMethod: used,
    events: ['charge.succeeded', 'payment_intent.succeeded'],
  };
};

/** @throws {UnexpectedState} */
export const assertCapturable = (intent: Intent): void => {
  if (intent.status === 'requires_capture') return;
  throw new UnexpectedState(
    intent,
    intent.status === 'succeeded'
      ? 'This PaymentIntent could not be captured because it has already been captured.'
      : `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
  );
};

/** Takes the money, or a part of it; what is left of the hold is released. `amount` is at most what was authorised. */
export const capture = (intent: Intent, held: Charge, amount: number): Step => {
  assertCapturable(intent);
  return {
    intent: { ...intent, status: 'succeeded', amountReceived: amount },
    charge: { ...held, captured: true, amountCaptured: amount, amountRefunded: held.amount - amount },
    events: ['charge.captured', 'payment_intent.succeeded'],
  };
};

const ended = (intent: Intent, reason: CancellationReason | null, now: Seconds): Intent => ({
  ...intent,
  status: 'canceled',
  authentication: null,
  canceledAt: now,
  cancellationReason: reason,
});

const released = (held: Charge): Charge => ({ ...held, amountRefunded: held.amount });

/** Ends it: nobody can pay it any more. Money that is held is released, which Stripe tells of as a refund. */
export const cancel = (
  intent: Intent,
  held: Charge | undefined,
  reason: CancellationReason | null,
  now: Seconds,
): Step => {
  if (!cancelable.includes(intent.status)) {
    throw new UnexpectedState(
      intent,
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${cancelable.join(', ')}, processing.`,
    );
  }
  const canceled = ended(intent, reason, now);
  return intent.status === 'requires_capture' && held !== undefined
    ? { intent: canceled, charge: released(held), events: ['charge.refunded', 'payment_intent.canceled'] }
    : { intent: canceled, events: ['payment_intent.canceled'] };
};

/** The bank holds no longer: nobody captured in time. */
export const expire = (intent: Intent, held: Charge, now: Seconds): Step => {
  if (intent.status !== 'requires_capture') {
    throw new UnexpectedState(intent, `Only an authorisation can expire, and this is ${intent.status}.`);
  }
  return {
    intent: ended(intent, 'automatic', now),
    charge: released(held),
    events: ['charge.expired', 'payment_intent.canceled'],
  };
};

/** What can still be given back of what was taken. */
export const refundable = (taken: Charge): number =>
  taken.captured ? taken.amount - taken.amountRefunded : 0;

/** Gives money back; `amount` is at most `refundable`. */
export const refund = (
  intent: Intent,
  taken: Charge,
  terms: Pick<Refund, 'amount' | 'reason' | 'metadata'>,
  now: Seconds,
): Step => ({
  intent,
  charge: { ...taken, amountRefunded: taken.amountRefunded + terms.amount },
  refund: {
    id: newId('re'),
    chargeId: taken.id,
    intentId: intent.id,
    created: now,
    currency: taken.currency,
    ...terms,
  },
  events: ['charge.refunded', 'refund.created'],
});
