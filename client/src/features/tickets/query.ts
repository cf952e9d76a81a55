/** Which tickets are looked for, as it stands in the shop's address and as the service is asked. */

export const sorts = ['newest', 'price', '-price'] as const;
export type Sort = (typeof sorts)[number];

/** Most characters the service takes. */
export const MAX_QUERY = 100;
/** A page of the list, as the service has it by itself. */
const PAGE_SIZE = 24;

export interface TicketQuery {
  /** Words to look for; empty for whatever is on sale. */
  readonly q: string;
  readonly sort: Sort;
  /** Where the list begins, for whom it does not load on by itself. */
  readonly cursor?: string;
}

type SearchParams = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Whatever stands in an address: what makes no sense is left out, since a shop does not refuse its visitors. */
export const readQuery = (params: SearchParams): TicketQuery => {
  const one = (name: string): string => {
    const value = params[name];
    return typeof value === 'string' ? value : (value?.[0] ?? '');
  };
  const cursor = one('cursor');
  return {
    q: [...one('q').trim()].slice(0, MAX_QUERY).join(''),
    sort: sorts.find((sort) => sort === one('sort')) ?? 'newest',
    ...(cursor === '' ? {} : { cursor }),
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
