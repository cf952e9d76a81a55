import { found, NotYours } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/http';
import { type PaymentAnswer, toAnswer } from '../answer.ts';
import type { Deps } from './deps.ts';

/** Shows a payment to its buyer. */
export const showPayment =
  ({ payments }: Deps) =>
  async ({ user, id }: { user: SessionUser; id: string }): Promise<PaymentAnswer> => {
    const payment = found(await payments.find(id), 'Payment');
    if (payment.userId !== user.id) throw new NotYours('This payment is not yours');
    return toAnswer(payment);
  };
