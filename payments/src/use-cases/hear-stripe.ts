import { BadRequest } from '@ticketing/common/errors';
import { ForgedWebhook, type WebhookEvent } from '../stripe/stripe-port.ts';
import type { Driving } from './deps.ts';

export interface SignedBody {
  readonly rawBody: Buffer;
  readonly signature: string | undefined;
}

class BadSignature extends BadRequest {
  constructor() {
    super('invalid_signature', 'Not signed by Stripe, or too old');
  }
}

/**
 * Hears a webhook of Stripe. It is a hint and no more: a reason to ask Stripe what the intent is. So one that is late,
 * repeated, reordered or never comes does no harm; a forged one is refused.
 */
export const hearStripe = ({ payments, webhooks, stripe, attempts, at }: Driving) => {
  const read = ({ rawBody, signature }: SignedBody): WebhookEvent => {
    try {
      return stripe.readWebhook(rawBody, signature);
    } catch (error) {
      throw error instanceof ForgedWebhook ? new BadSignature() : error;
    }
  };

  return async (body: SignedBody): Promise<{ received: true }> => {
    const event = read(body);
    await at('before write webhook');
    await webhooks.remember(event.id, event.type);
    await at('after write webhook');
    // One that was heard before, too: a crash, or a store that was away, may have come between the two.
    if (event.intentId !== undefined) {
      const payment = await payments.byIntent(event.intentId);
      if (payment !== undefined) attempts.wake(payment.id);
    }
    return { received: true };
  };
};
