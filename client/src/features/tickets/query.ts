/** Which tickets are looked for, as it stands in the shop's address and as the service is asked. */
import { type Query, single } from '../../shared/query.ts';

export const sorts = ['newest', 'price', '-price'] as const;
export type Sort = (typeof sorts)[number];

/** Most characters the service takes. */
export const MAX_QUERY = 100;
/** What nobody can type, and a page cannot show: control characters. */
const NOT_TYPED = /\p{Cc}+/gu;
/** A page of the list, as the service has it by itself. */
const PAGE_SIZE = 24;

export interface TicketQuery {
  /** Words to look for; empty for whatever is on sale. */
  readonly q: string;
  readonly sort: Sort;
  /** Where the list begins, for whom it does not load on by itself. */
  readonly cursor?: string;
}

/** Whatever stands in an address: what makes no sense is left out, since a shop does not refuse its visitors. */
export const readQuery = (params: Query): TicketQuery => {
  const q = (single(params.q) ?? '').replace(NOT_TYPED, ' ').trim();
  const cursor = single(params.cursor);
  return {
    q: [...q].slice(0, MAX_QUERY).join(''),
    sort: sorts.find((sort) => sort === params.sort) ?? 'newest',
    ...(cursor === undefined ? {} : { cursor }),
  };
};

const withParams = (path: string, params: Readonly<Record<string, string>>): string => {
  const given = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== ''));
  return given.size === 0 ? path : `${path}?${given}`;
};

/** The page of the shop that shows them. */
export const shopPath = ({ q, sort, cursor = '' }: TicketQuery): string =>
  withParams('/', { q, sort: sort === 'newest' ? '' : sort, cursor });

/** What the tickets service is asked for a page of them. */
export const listPath = ({ q, sort, cursor = '' }: TicketQuery, limit = PAGE_SIZE): string =>
  withParams('/api/tickets', { q, sort, limit: String(limit), cursor });

/** The page of a ticket for whoever came too late for it, and has not been told yet. */
export const latePath = (id: string): string => `/tickets/${encodeURIComponent(id)}?late=yes`;
