import { z } from 'zod';
import { invalid } from '../api/api-error.ts';
import { bool, common, integer, metadata, text } from '../api/params.ts';
import { assertCapturable, capture } from '../domain/payment-intent.ts';
import type { Charge, Intent } from '../domain/records.ts';
import { type Caller, call } from './call.ts';
import { decided, follow, intentOf } from './confirm-payment-intent.ts';

/** The charge that holds, or has taken, the intent's money. */
export const latestChargeOf = ({ books }: Pick<Caller, 'books'>, intent: Intent): Charge | undefined =>
  intent.latestChargeId === null ? undefined : books.find('charges', intent.latestChargeId);

/** `POST /v1/payment_intents/:id/capture` */
export const capturePaymentIntent = call({
  params: z.strictObject({
    ...common,
    amount_to_capture: integer(1).optional(),
    final_capture: bool.optional(),
    metadata: metadata.optional(),
    statement_descriptor: text(22).optional(),
    statement_descriptor_suffix: text(22).optional(),
  }),
  perform: (caller, given) => {
    const intent = intentOf(caller, undefined);
    return follow(
      caller,
      decided(() => {
        assertCapturable(intent);
        const held = latestChargeOf(caller, intent);
        if (held === undefined) throw new Error(`${intent.id} is authorised without a charge`);
        const amount = given.amount_to_capture ?? intent.amount;
        if (amount > intent.amount) {
          throw invalid(
            `The requested capture amount is greater than the amount you can capture for this charge (${intent.amount}).`,
            { code: 'amount_too_large', param: 'amount_to_capture', intent },
          );
        }
        const described: Intent = {
          ...intent,
          metadata: { ...intent.metadata, ...given.metadata },
          statementDescriptor: given.statement_descriptor ?? intent.statementDescriptor,
          statementDescriptorSuffix: given.statement_descriptor_suffix ?? intent.statementDescriptorSuffix,
        };
        return capture(described, held, amount);
      }),
    );
  },
});
