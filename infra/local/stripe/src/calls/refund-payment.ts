import { z } from 'zod';
import { invalid, missing } from '../api/api-error.ts';
import { common, integer, metadata, oneOf, text } from '../api/params.ts';
import { inWords } from '../domain/money.ts';
import { refund, refundable } from '../domain/payment-intent.ts';
import type { Charge } from '../domain/records.ts';
import { type Caller, call } from './call.ts';

const params = z.strictObject({
  ...common,
  amount: integer(1).optional(),
  charge: text(255).optional(),
  metadata: metadata.optional(),
  payment_intent: text(255).optional(),
  reason: oneOf(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
});

const chargeOf = ({ books }: Caller, given: z.output<typeof params>): Charge => {
  if (given.payment_intent !== undefined) {
    const intent = books.find('intents', given.payment_intent);
    if (intent === undefined) throw missing('intents', given.payment_intent, 'payment_intent');
    const charge = intent.latestChargeId === null ? undefined : books.find('charges', intent.latestChargeId);
    if (charge?.captured === true) return charge;
    throw invalid(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
      param: 'payment_intent',
      intent,
    });
  }
  if (given.charge === undefined) {
    throw invalid(
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  }
  const charge = books.find('charges', given.charge);
  if (charge === undefined) throw missing('charges', given.charge, 'charge');
  if (charge.captured) return charge;
  throw invalid(`Charge ${charge.id} has not been captured; cancel its PaymentIntent instead.`, {
    param: 'charge',
  });
};

/** `POST /v1/refunds` */
export const refundPayment = call({
  params,
  perform: (caller, given) => {
    const charge = chargeOf(caller, given);
    const intent = caller.books.find('intents', charge.intentId);
    if (intent === undefined) throw new Error(`charge ${charge.id} has no intent`);
    const left = refundable(charge);
    if (left === 0) {
      throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
    }
    const amount = given.amount ?? left;
    if (amount > left) {
      throw invalid(
        `Refund amount (${inWords(amount, charge.currency)}) is greater than unrefunded amount on charge (${inWords(left, charge.currency)})`,
        { param: 'amount' },
      );
    }
    const step = refund(
      intent,
      charge,
      { amount, reason: given.reason ?? null, metadata: given.metadata ?? {} },
      caller.books.now,
    );
    caller.books.apply(step);
    if (step.refund === undefined) throw new Error('a refund makes a refund');
    return { kind: 'refunds', record: step.refund };
  },
});
