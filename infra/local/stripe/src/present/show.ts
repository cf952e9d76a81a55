import { invalid } from '../api/api-error.ts';
import type { Records } from '../store/ledger.ts';
import {
  presentCharge,
  presentEvent,
  presentIntent,
  presentPaymentMethod,
  presentRefund,
  type Scene,
} from './present.ts';

/** What an answer can be about. */
export type Shown = 'charges' | 'events' | 'intents' | 'paymentMethods' | 'refunds';

const presenters: { readonly [K in Shown]: (record: Records[K], scene: Scene) => object } = {
  charges: presentCharge,
  events: (event, { isPending }) => presentEvent(event, isPending(event.id)),
  intents: presentIntent,
  paymentMethods: presentPaymentMethod,
  refunds: presentRefund,
};

/** Fields that hold an id and can hold the object instead (docs.stripe.com/api/expanding_objects). */
const expandable: { readonly [K in Shown]: Readonly<Record<string, Shown>> } = {
  charges: { payment_intent: 'intents' },
  events: {},
  intents: { latest_charge: 'charges', payment_method: 'paymentMethods' },
  paymentMethods: {},
  refunds: { charge: 'charges', payment_intent: 'intents' },
};

/**
 * A record as Stripe shows it, with the objects that `expand` names (`latest_charge.payment_intent`) in place of their
 * ids.
 * @throws {ApiError} 400 for a field that cannot be expanded
 */
export const show = <K extends Shown>(
  kind: K,
  record: Records[K],
  scene: Scene,
  expand: readonly string[] = [],
): Record<string, unknown> => {
  const shown: Record<string, unknown> = { ...presenters[kind](record, scene) };
  for (const path of expand) assertExpandable(kind, path);
  const fields = new Map<string, string[]>();
  for (const path of expand) {
    const [field = '', ...further] = path.split('.');
    fields.set(field, [...(fields.get(field) ?? []), ...(further.length === 0 ? [] : [further.join('.')])]);
  }
  for (const [field, further] of fields) {
    const target = expandable[kind][field];
    const id = shown[field];
    if (target === undefined || typeof id !== 'string') continue;
    const found = scene.reader.find(target, id);
    if (found !== undefined) shown[field] = show(target, found, scene, further);
  }
  return shown;
};

const assertExpandable = (kind: Shown, path: string): void => {
  const [field = '', ...further] = path.split('.');
  const target = Object.hasOwn(expandable[kind], field) ? expandable[kind][field] : undefined;
  if (target === undefined) {
    throw invalid(`This property cannot be expanded (${path.slice(0, 80)}).`, { param: 'expand' });
  }
  if (further.length > 0) assertExpandable(target, further.join('.'));
};
