/** Why an issuer says no, with Stripe's words (docs.stripe.com/declines/codes, docs.stripe.com/testing). */
export interface Decline {
  readonly code: 'card_declined' | 'expired_card' | 'incorrect_cvc' | 'processing_error';
  readonly declineCode?: string;
  readonly message: string;
  readonly param?: string;
}

const declined = (declineCode: string, message = 'Your card was declined.'): Decline => ({
  code: 'card_declined',
  declineCode,
  message,
});

export const declines = {
  generic: declined('generic_decline'),
  insufficientFunds: declined('insufficient_funds', 'Your card has insufficient funds.'),
  lost: declined('lost_card'),
  stolen: declined('stolen_card'),
  velocity: declined(
    'card_velocity_exceeded',
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  ),
  authenticationRequired: declined(
    'authentication_required',
    'Your card was declined. This transaction requires authentication.',
  ),
  expired: { code: 'expired_card', message: 'Your card has expired.', param: 'exp_month' },
  incorrectCvc: {
    code: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    param: 'cvc',
  },
  processing: {
    code: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
} as const satisfies Record<string, Decline>;

export type DeclineReason = keyof typeof declines;

/** What the stand-in keeps of a card: never its number, never its security code. */
export interface Card {
  readonly brand: 'amex' | 'diners' | 'discover' | 'jcb' | 'mastercard' | 'unionpay' | 'visa';
  readonly funding: 'credit' | 'debit' | 'prepaid';
  readonly country: 'CN' | 'IE' | 'JP' | 'US';
  readonly last4: string;
  readonly expMonth: number;
  readonly expYear: number;
  /** The holder's bank wants to hear from the holder before it agrees (3-D Secure). */
  readonly authentication: 'none' | 'required';
  /** What the bank answers in the end. */
  readonly decline: DeclineReason | null;
}
