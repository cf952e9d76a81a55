/** A post as it is shown: with the ticket that it is about, where that is still there. */
import type { Page, Post, Ticket } from '../../shared/api/types.ts';

export interface Told {
  readonly post: Post;
  readonly ticket?: Ticket;
}

/** Its seller took it back. One that has begun is told as withdrawn as well, and is still what people talk about. */
const isWithdrawn = ({ status, startsAt }: Ticket, now: Date): boolean =>
  status === 'withdrawn' && (startsAt === undefined || new Date(startsAt) > now);

/**
 * The posts with their tickets, each asked for once.
 * @param find undefined where it is not there for the visitor, or nobody knows
 */
export const withTickets = async (
  { items, next }: Page<Post>,
  find: (ticketId: string) => Promise<Ticket | undefined>,
  now: Date,
): Promise<Page<Told>> => {
  const ids = [...new Set(items.flatMap(({ ticketId }) => ticketId ?? []))];
  const found = new Map(await Promise.all(ids.map(async (id) => [id, await find(id)] as const)));
  const told = items.map((post): Told => {
    const ticket = found.get(post.ticketId ?? '');
    return ticket === undefined || isWithdrawn(ticket, now) ? { post } : { post, ticket };
  });
  return next === undefined ? { items: told } : { items: told, next };
};

/** Each once: where the list has moved on meanwhile, what was asked for later may have been here before. */
export const withoutRepeats = <T>(items: readonly T[], idOf: (item: T) => string): T[] => [
  ...new Map(items.map((item) => [idOf(item), item])).values(),
];
