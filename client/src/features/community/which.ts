/** Whose posts a page shows, as it stands in its address and as the service is asked. Pure. */
import { type Query, single, withQuery } from '../../shared/query.ts';

/** One of these; none for everybody's. */
export interface Which {
  readonly author?: string;
  /** What they are about. */
  readonly ticketId?: string;
  /** Of the people whom the visitor follows. */
  readonly feed?: 'following';
}

export const COMMUNITY = '/community';

/** The page of the community that shows them. */
export const feedPath = ({ ticketId, feed }: Which): string => withQuery(COMMUNITY, { feed, ticketId });

/** What the service is asked for a page of them. */
export const listPath = ({ author, ticketId, feed }: Which, cursor?: string, limit?: number): string =>
  withQuery('/api/posts', { author, ticketId, feed, limit: limit?.toString(), cursor });

export const postPath = (id: string): string => `${COMMUNITY}/${encodeURIComponent(id)}`;

/** Of a page of the comments beneath a post. */
export const commentsPath = (postId: string, cursor?: string): string =>
  withQuery(`/api/posts/${encodeURIComponent(postId)}/comments`, { limit: '50', cursor });

/** Where one writes about a ticket. */
export const writePath = (ticketId: string): string => withQuery(COMMUNITY, { about: ticketId });

/** Of a post or a comment, on its page: for a link that leads to it. */
export const anchorOf = (id: string): string => `said-${id}`;

/** What has just been done, so that the page it leads to can say it. */
export type Said = 'posted' | 'saved' | 'deleted' | 'commented';

const saids: readonly Said[] = ['posted', 'saved', 'deleted', 'commented'];

/** What the address says of it. */
export interface News {
  readonly said: Said;
  /** Of the post or comment, where it is still there. */
  readonly id?: string;
}

export const withNews = (path: string, { said, id }: News): string => withQuery(path, { said, id });

export interface FeedQuery {
  readonly which: Which;
  readonly cursor?: string;
  /** The ticket that one has come to write about. */
  readonly about?: string;
  readonly news?: News;
}

const idIn = (value: Query[string]): string | undefined => {
  const given = single(value);
  return given !== undefined && /^[0-9a-f]{24}$/i.test(given) ? given.toLowerCase() : undefined;
};

export const readNews = (params: Query): News | undefined => {
  const said = saids.find((each) => each === params.said);
  if (said === undefined) return undefined;
  const id = idIn(params.id);
  return id === undefined ? { said } : { said, id };
};

/** Whatever stands in an address: what makes no sense is left out. */
export const readFeed = (params: Query): FeedQuery => {
  const ticketId = idIn(params.ticketId);
  const which: Which =
    params.feed === 'following' ? { feed: 'following' } : ticketId === undefined ? {} : { ticketId };
  const about = idIn(params.about) ?? which.ticketId;
  const cursor = single(params.cursor);
  const news = readNews(params);
  return {
    which,
    ...(cursor === undefined ? {} : { cursor }),
    ...(about === undefined ? {} : { about }),
    ...(news === undefined ? {} : { news }),
  };
};
