import { randomUUID } from 'node:crypto';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import type { Page, Ticket } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { Notice } from '../../shared/ui/notice.tsx';
import { visitor } from '../session/current-user.ts';
import { findTickets } from './find-tickets.ts';
import { shopPath, type TicketQuery } from './query.ts';
import { Search } from './search.tsx';
import { SortLinks } from './sort-links.tsx';
import { TicketList } from './ticket-list.tsx';

const { list, empty } = texts.tickets;
const { toTheShop } = texts.shop;

/** What is on sale. */
export const TicketsPage = async ({ query }: { query: TicketQuery }) => {
  const [found, user] = await Promise.all([find(query), visitor()]);
  return (
    <>
      <h1 className="sr-only">{list.heading}</h1>
      <Search query={query} />
      {/* Stays, while the list below is another one for each query: so who does not see it hears what was found. */}
      <p role="status" className="sr-only">
        {sayFound(query, found)}
      </p>
      {found === 'too many words' ? (
        <Notice
          heading="h2"
          title={empty.tooManyWords}
          text={empty.tooManyWordsText}
          verb={{ href: shopPath({ q: '', sort: query.sort }), label: toTheShop }}
        />
      ) : found === 'no answer' ? (
        <Notice
          heading="h2"
          creased
          title={texts.shop.error.title}
          text={texts.shop.error.text}
          verb={{ href: shopPath(query), label: texts.shop.error.again }}
        />
      ) : (
        <TicketList
          key={shopPath(query)}
          query={query}
          first={found}
          visitorId={user?.id}
          attempt={randomUUID()}
          bar={<SortLinks query={query} />}
          empty={<Nothing query={query} />}
        />
      )}
    </>
  );
};

type Found = Page<Ticket> | 'too many words' | 'no answer';

const sayFound = ({ q }: TicketQuery, found: Found): string => {
  if (found === 'too many words') return empty.tooManyWords;
  if (found === 'no answer') return texts.shop.error.title;
  if (found.items.length === 0) return q === '' ? empty.nothing : empty.notFound(q);
  const count = list.found(found.items.length, found.next !== undefined);
  return q === '' ? count : `${list.titleOf(q)}: ${count}`;
};

const find = async (query: TicketQuery): Promise<Found> => {
  try {
    return await findTickets(query);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Of an old link, or of another list.
    const isOfCursor = error.is('invalid_cursor') || error.lines.some(({ field }) => field === 'cursor');
    if (isOfCursor) redirect(shopPath({ q: query.q, sort: query.sort }));
    if (error.is('invalid_field')) return 'too many words';
    if (error.isTemporary) return 'no answer';
    throw error;
  }
};

const Nothing = ({ query: { q, sort, cursor } }: { query: TicketQuery }) => {
  if (cursor !== undefined) {
    return (
      <Link href={shopPath({ q, sort })} className={button.quiet}>
        {list.first}
      </Link>
    );
  }
  return q === '' ? (
    <Notice
      heading="h2"
      title={empty.nothing}
      text={empty.nothingText}
      verb={{ href: '/tickets/new', label: empty.sell }}
    />
  ) : (
    <Notice
      heading="h2"
      title={empty.notFound(q)}
      text={empty.notFoundText}
      verb={{ href: shopPath({ q: '', sort }), label: toTheShop }}
    />
  );
};
