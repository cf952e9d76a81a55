import Stripe from 'stripe';

/** Stripe's own SDK, unchanged, at another address. */
export const stripeAt = (url: string, key = 'sk_test_ticketing'): Stripe => {
  const { hostname, port, protocol } = new URL(url);
  return new Stripe(key, {
    host: hostname,
    port: port === '' ? 443 : Number(port),
    protocol: protocol === 'http:' ? 'http' : 'https',
    maxNetworkRetries: 0,
    telemetry: false,
    timeout: 30_000,
  });
};

/** What payments asks for: a card, captured later. */
export const order = {
  amount: 1999,
  currency: 'usd',
  capture_method: 'manual',
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  metadata: { orderId: 'order-1', paymentId: 'payment-1' },
} as const satisfies Stripe.PaymentIntentCreateParams;

/** The error that a call of the SDK fails with. */
export const refusalOf = async (call: Promise<unknown>): Promise<Stripe.errors.StripeError> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('the call was not refused');
};

/** A form as a browser or curl would send it. */
export const postForm = (url: string, form: Record<string, string>, key?: string): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
    },
    body: new URLSearchParams(form).toString(),
    redirect: 'manual',
  });

export const postControl = (url: string, change: object): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(change),
  });

/** Steers the stand-in; fails when it refuses. */
export const control = async (url: string, change: object): Promise<void> => {
  const response = await postControl(url, change);
  if (!response.ok) throw new Error(await response.text());
};

/** A card as a browser sends it. */
export const typedCard = (number: string, more: Record<string, string> = {}): Record<string, string> => ({
  type: 'card',
  'card[number]': number,
  'card[exp_month]': '12',
  'card[exp_year]': String(new Date().getUTCFullYear() + 2),
  'card[cvc]': number.startsWith('37') ? '1234' : '123',
  ...more,
});
