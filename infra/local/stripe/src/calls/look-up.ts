import { z } from 'zod';
import { invalid, missing } from '../api/api-error.ts';
import { common, page, text } from '../api/params.ts';
import type { Charge, HappenedEvent, Refund } from '../domain/records.ts';
import type { Shown } from '../present/show.ts';
import type { Ledger, Records } from '../store/ledger.ts';
import { type Call, call } from './call.ts';
import { intentOf } from './confirm-payment-intent.ts';

/** `GET /v1/<kind>/:id` */
export const retrieve = (kind: Exclude<Shown, 'intents'>): Call =>
  call({
    params: z.strictObject(common),
    perform: ({ books, id }) => {
      const record = books.find(kind, id);
      if (record === undefined) throw missing(kind, id);
      return { kind, record };
    },
  });

/** `GET /v1/payment_intents/:id`; a browser shows its client secret. */
export const retrievePaymentIntent = call({
  keys: 'any',
  params: z.strictObject({ ...common, client_secret: text(500).optional() }),
  perform: (caller, given) => ({ kind: 'intents', record: intentOf(caller, given.client_secret) }),
});

const pageParams = z.strictObject({ ...common, ...page });
type Page = z.output<typeof pageParams>;

const DEFAULT_LIMIT = 10;

const wasCreated = (created: number, range: Page['created']): boolean =>
  (range?.gt === undefined || created > range.gt) &&
  (range?.gte === undefined || created >= range.gte) &&
  (range?.lt === undefined || created < range.lt) &&
  (range?.lte === undefined || created <= range.lte);

const assertCursor = (ledger: Ledger, kind: Shown, given: Page): void => {
  if (given.starting_after !== undefined && given.ending_before !== undefined) {
    throw invalid('You may only specify one of these parameters: starting_after, ending_before.');
  }
  for (const param of ['starting_after', 'ending_before'] as const) {
    const id = given[param];
    if (id !== undefined && ledger.find(kind, id) === undefined) throw missing(kind, id, param);
  }
};

/**
 * A page, newest first (docs.stripe.com/api/pagination). Going back with `ending_before` gives the page just before.
 * @throws {ApiError} 400 for a cursor that names nothing
 */
const pageOf = <K extends Shown>(
  ledger: Ledger,
  kind: K,
  given: Page,
  matches: (record: Records[K]) => boolean,
) => {
  assertCursor(ledger, kind, given);
  const limit = given.limit ?? DEFAULT_LIMIT;
  const backwards = given.ending_before !== undefined;
  const records = backwards
    ? ledger.oldestFirst(kind, given.ending_before)
    : ledger.newestFirst(kind, given.starting_after);
  const oldest = given.created?.gte ?? given.created?.gt ?? 0;
  const found: Records[K][] = [];
  for (const record of records) {
    // Newest first: from here on, all are too old.
    if (!backwards && record.created < oldest) break;
    if (!wasCreated(record.created, given.created) || !matches(record)) continue;
    found.push(record);
    if (found.length > limit) break;
  }
  const hasMore = found.length > limit;
  const shown = found.slice(0, limit);
  return { records: backwards ? shown.reverse() : shown, hasMore };
};

/** `GET /v1/payment_intents` */
export const listPaymentIntents = call({
  params: pageParams,
  perform: ({ ledger }, given) => ({ list: 'intents', ...pageOf(ledger, 'intents', given, () => true) }),
});

/** `GET /v1/charges` */
export const listCharges = call({
  params: pageParams.extend({ payment_intent: text(255).optional() }),
  perform: ({ ledger }, given) => {
    const matches = ({ intentId }: Charge) =>
      given.payment_intent === undefined || intentId === given.payment_intent;
    return { list: 'charges', ...pageOf(ledger, 'charges', given, matches) };
  },
});

/** `GET /v1/refunds` */
export const listRefunds = call({
  params: pageParams.extend({ charge: text(255).optional(), payment_intent: text(255).optional() }),
  perform: ({ ledger }, given) => {
    const matches = ({ chargeId, intentId }: Refund) =>
      (given.charge === undefined || chargeId === given.charge) &&
      (given.payment_intent === undefined || intentId === given.payment_intent);
    return { list: 'refunds', ...pageOf(ledger, 'refunds', given, matches) };
  },
});

/** `charge.*` means every type that begins so. */
const isOfType = (type: string, wanted: string): boolean =>
  wanted.endsWith('.*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;

/** `GET /v1/events` */
export const listEvents = call({
  params: pageParams.extend({
    type: text(100).optional(),
    types: z.array(z.string().max(100)).max(20).optional(),
  }),
  perform: ({ ledger }, given) => {
    const wanted = [...(given.types ?? []), ...(given.type === undefined ? [] : [given.type])];
    const matches = ({ type }: HappenedEvent) =>
      wanted.length === 0 || wanted.some((each) => isOfType(type, each));
    return { list: 'events', ...pageOf(ledger, 'events', given, matches) };
  },
});
