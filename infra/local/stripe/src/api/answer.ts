import type Stripe from 'stripe';
import type { Answered } from '../calls/call.ts';
import {
  docUrl,
  presentIntent,
  presentIntentToBrowser,
  presentPaymentMethod,
  type Scene,
} from '../present/present.ts';
import { show } from '../present/show.ts';
import { type ApiError, invalid } from './api-error.ts';

/** What goes over the wire. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

type ErrorBody = Partial<Omit<Stripe.StripeRawError, 'payment_intent'>> & {
  payment_intent?: Partial<Stripe.PaymentIntent>;
};

/** `{"error": …}` as Stripe writes it. */
export const errorAnswer = (error: ApiError, scene: Scene, isBrowser: boolean): Answer => {
  const { type, message, code, declineCode, param, chargeId, intent, paymentMethod } = error.details;
  const body: ErrorBody = {
    ...(chargeId === undefined ? {} : { charge: chargeId }),
    ...(code === undefined ? {} : { code, doc_url: docUrl(code) }),
    ...(declineCode === undefined ? {} : { decline_code: declineCode }),
    message,
    ...(param === undefined ? {} : { param }),
    ...(intent === undefined
      ? {}
      : { payment_intent: isBrowser ? presentIntentToBrowser(intent, scene) : presentIntent(intent, scene) }),
    ...(paymentMethod === undefined ? {} : { payment_method: presentPaymentMethod(paymentMethod) }),
    type,
  };
  return { status: error.status, body: JSON.stringify({ error: body }) };
};

const ITEM = 'data.';

const itemExpansions = (expand: readonly string[]): string[] =>
  expand.map((path) => {
    if (path.startsWith(ITEM)) return path.slice(ITEM.length);
    throw invalid(`This property cannot be expanded (${path.slice(0, 80)}).`, { param: 'expand' });
  });

/** @throws {ApiError} 400 for an `expand` that is impossible */
export const answerOf = (
  answered: Answered,
  request: {
    readonly scene: Scene;
    readonly isBrowser: boolean;
    readonly expand: readonly string[];
    readonly path: string;
  },
): Answer => {
  const { scene, isBrowser, expand, path } = request;
  if ('refusal' in answered) return errorAnswer(answered.refusal, scene, isBrowser);
  if ('list' in answered) {
    const inside = itemExpansions(expand);
    const data = answered.records.map((record) => show(answered.list, record, scene, inside));
    const list = { object: 'list', data, has_more: answered.hasMore, url: path };
    return { status: 200, body: JSON.stringify(list) };
  }
  const shown = show(answered.kind, answered.record, scene, expand);
  // A browser sees no more than what Stripe shows to a publishable key, whatever it asks to expand.
  const visible =
    isBrowser && 'clientSecret' in answered.record ? presentIntentToBrowser(answered.record, scene) : shown;
  return { status: 200, body: JSON.stringify(visible) };
};
