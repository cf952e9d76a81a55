import type { Books } from '../account.ts';
import { authenticate } from '../domain/payment-intent.ts';
import type { Intent } from '../domain/records.ts';

/** The holder tells the bank that it is them, or does not. @returns the intent as it is then */
export const answerBank = (books: Books, intent: Intent, succeeded: boolean): Intent => {
  const { paymentMethodId } = intent;
  const method = paymentMethodId === null ? undefined : books.find('paymentMethods', paymentMethodId);
  if (method === undefined) throw new Error(`${intent.id} has no payment method to authenticate`);
  const step = authenticate(intent, method, succeeded, books.now);
  books.apply(step);
  return step.intent;
};
