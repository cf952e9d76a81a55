import { found, NotYours } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/http';
import { outcomeOf, type PaymentAnswer } from '../answer.ts';
import type { Driving } from './deps.ts';
import { isAnswered, timeToAnswer } from './pay-order.ts';

/**
 * Goes on after the bank's own check (3-D Secure): asks Stripe what became of it. Says `requires_action` again where
 * the buyer has not been there yet.
 * @throws {CardRefused} where the bank said no
 */
export const confirmPayment =
  ({ payments, attempts, clock }: Driving) =>
  async ({ user, id }: { user: SessionUser; id: string }): Promise<PaymentAnswer> => {
    const asked = clock.now();
    const payment = found(await payments.find(id), 'Payment');
    if (payment.userId !== user.id) throw new NotYours('This payment is not yours');
    attempts.wake(id);
    // Waits for this drive: an attempt that still requires action afterwards does so by Stripe's word.
    await attempts.driven(id, timeToAnswer(asked, clock.now()));
    const left = timeToAnswer(asked, clock.now());
    return outcomeOf((await attempts.until(id, isAnswered, left)) ?? payment);
  };
