import type { z } from 'zod';
import type { Books } from '../account.ts';
import type { ApiError } from '../api/api-error.ts';
import type { Shown } from '../present/show.ts';
import type { Ledger, Records } from '../store/ledger.ts';

/** What a call knows beside its parameters. */
export interface Caller {
  readonly books: Books;
  readonly ledger: Ledger;
  /** It came with a publishable key: from a browser, which sees and may do less. */
  readonly isBrowser: boolean;
  /** The id in the path. */
  readonly id: string;
}

/** What is answered: a record, a page of them, or a refusal that is kept together with its changes. */
export type Answered =
  | { readonly kind: Shown; readonly record: Records[Shown] }
  | { readonly list: Shown; readonly records: readonly Records[Shown][]; readonly hasMore: boolean }
  | { readonly refusal: ApiError };

/** An operation of Stripe's API. */
export interface Call {
  /** `any`: also with a publishable key, from a browser. */
  readonly keys: 'any' | 'secret';
  readonly params: z.ZodType;
  perform(caller: Caller, params: unknown): Answered;
}

/** Ties the parameters' schema to what the operation gets. */
export const call = <S extends z.ZodType>(definition: {
  readonly keys?: 'any' | 'secret';
  readonly params: S;
  readonly perform: (caller: Caller, params: z.output<S>) => Answered;
}): Call => ({
  keys: definition.keys ?? 'secret',
  params: definition.params,
  perform: (caller, params) => definition.perform(caller, params as z.output<S>),
});
