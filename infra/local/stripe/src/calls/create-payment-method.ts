import { z } from 'zod';
import { common } from '../api/params.ts';
import { call } from './call.ts';
import { makePaymentMethod, paymentMethodParams } from './payment-method.ts';

/** `POST /v1/payment_methods`; the only call that takes a card number, and only from a browser. */
export const createPaymentMethod = call({
  keys: 'any',
  params: z.strictObject({ ...common, ...paymentMethodParams }),
  perform: (caller, given) => ({ kind: 'paymentMethods', record: makePaymentMethod(caller, given) }),
});
