/** Every use case of the service. */
import type { idempotency } from '@ticketing/common/idempotency';
import type { PaymentAnswer } from '../answer.ts';
import { attempts } from './attempts.ts';
import { confirmPayment } from './confirm-payment.ts';
import type { Deps, Driving } from './deps.ts';
import { drivePayment } from './drive-payment.ts';
import { hearStripe } from './hear-stripe.ts';
import { lookForOrder } from './look-for-order.ts';
import { payOrder } from './pay-order.ts';
import { reconcileLately } from './reconcile-lately.ts';
import { rememberOrder } from './remember-order.ts';
import { showPayment } from './show-payment.ts';

type Once = ReturnType<typeof idempotency<PaymentAnswer>>;

export const useCases = (deps: Deps, once: Once) => {
  const drive = drivePayment(deps);
  const driving: Driving = {
    ...deps,
    attempts: attempts(deps.payments, drive, deps.logger),
    lookup: lookForOrder(deps.orders, deps.clock),
  };
  return {
    confirmPayment: confirmPayment(driving),
    hearStripe: hearStripe(driving),
    payOrder: once(payOrder(driving)),
    reconcileLately: reconcileLately({ ...deps, drive }),
    rememberOrder: rememberOrder(driving),
    showPayment: showPayment(driving),
    work: driving.attempts.work,
    rest: driving.attempts.rest,
  };
};

export type UseCases = ReturnType<typeof useCases>;
