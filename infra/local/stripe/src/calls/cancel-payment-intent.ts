import { z } from 'zod';
import { common, oneOf } from '../api/params.ts';
import { cancel } from '../domain/payment-intent.ts';
import { call } from './call.ts';
import { latestChargeOf } from './capture-payment-intent.ts';
import { decided, follow, intentOf } from './confirm-payment-intent.ts';

/** `POST /v1/payment_intents/:id/cancel` */
export const cancelPaymentIntent = call({
  params: z.strictObject({
    ...common,
    cancellation_reason: oneOf(['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  }),
  perform: (caller, given) => {
    const intent = intentOf(caller, undefined);
    const reason = given.cancellation_reason ?? null;
    return follow(
      caller,
      decided(() => cancel(intent, latestChargeOf(caller, intent), reason, caller.books.now)),
    );
  },
});
