import { createHmac } from 'node:crypto';

/** `Stripe-Signature` for a body sent now (docs.stripe.com/webhooks#verify-manually). */
export const signatureOf = (body: string, secret: string, nowMs: number): string => {
  const timestamp = Math.floor(nowMs / 1000);
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return `t=${timestamp},v1=${signature}`;
};
