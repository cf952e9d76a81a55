import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import type { Payment } from '../../shared/api/types.ts';
import type { Attempt, Attempts } from './attempt.ts';
import { type Outcome, outcomeOf, outcomeOfError } from './outcome.ts';

export interface Asking {
  readonly orderId: string;
  readonly attempts: Attempts;
  request(options: AxiosRequestConfig): Promise<AxiosResponse<Payment>>;
  /** Waits; in milliseconds. */
  pause(ms: number): Promise<void>;
}

/**
 * Pays under the key of an attempt, new or asked for again, and remembers it until it has an answer. While the same
 * request is under way (before a reload, say), it waits for that one's answer.
 */
export const payWith = async (attempt: Attempt, asking: Asking): Promise<Outcome> => {
  asking.attempts.remember(attempt);
  for (;;) {
    const outcome = await hear(asking, {
      method: 'post',
      url: '/api/payments',
      data: { orderId: asking.orderId, paymentMethod: attempt.paymentMethod },
      headers: { 'Idempotency-Key': attempt.idempotencyKey },
    });
    if (outcome.kind !== 'running') return keep(asking.attempts, attempt, outcome);
    await asking.pause(outcome.retryAfter * 1000);
  }
};

/** Goes on with what a reload, or the way to the bank and back, has interrupted. */
export const goOn = async (attempt: Attempt, isBackFromBank: boolean, asking: Asking): Promise<Outcome> => {
  const { paymentId } = attempt;
  if (paymentId === undefined) return payWith(attempt, asking);
  const url = `/api/payments/${paymentId}`;
  const outcome = await hear(
    asking,
    isBackFromBank ? { method: 'post', url: `${url}/confirm` } : { method: 'get', url },
  );
  return keep(asking.attempts, attempt, isBackFromBank ? ofBank(outcome) : outcome);
};

/** A refusal without a reason, straight after the bank has asked, is the bank's: it did not get the answer it wanted. */
const ofBank = (outcome: Outcome): Outcome =>
  outcome.kind === 'refused' &&
  outcome.decline.declineCode === undefined &&
  outcome.decline.code === 'card_refused'
    ? { kind: 'refused', decline: { code: 'authentication_required', declineCode: undefined } }
    : outcome;

const hear = async (asking: Asking, options: AxiosRequestConfig): Promise<Outcome> => {
  try {
    return outcomeOf((await asking.request(options)).data);
  } catch (error) {
    return outcomeOfError(error);
  }
};

/**
 * Remembers of an attempt what its outcome leaves: what has no answer yet may be asked for again under the same key;
 * everything else is over with it.
 */
export const keep = (attempts: Attempts, attempt: Attempt, outcome: Outcome): Outcome => {
  switch (outcome.kind) {
    case 'processing':
    case 'bank asks':
      attempts.remember({ ...attempt, paymentId: outcome.payment.id });
      break;
    case 'running':
    case 'away':
    case 'not signed in':
      break;
    default:
      attempts.forget();
  }
  return outcome;
};
