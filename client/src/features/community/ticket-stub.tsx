import Link from 'next/link';
import type { Ticket } from '../../shared/api/types.ts';
import { Price, WhenAndWhere } from '../../shared/strip/printed.tsx';
import { widthOnStub } from '../../shared/strip/title.ts';
import { texts } from '../../shared/texts/index.ts';
import styles from './slip.module.css';

/** How much of a title's size fits on a line of the stub, also on the smallest phone. */
const ROOM = { desk: 8.4, phone: 12 };

const { ticket: words } = texts.tickets;

/** The ticket that a post is about, as far as its stub has room; it leads there. */
export const TicketStub = ({ ticket }: { ticket: Ticket }) => {
  const { id, title, status } = ticket;
  return (
    <div className={styles.stub}>
      <p className="max-sm:basis-full">
        <Link
          href={`/tickets/${id}`}
          prefetch={false}
          dir="auto"
          className={`title text-lg leading-6 line-clamp-4 text-start ${widthOnStub(title, ROOM)} ${styles.toTicket}`}
        >
          <span className="sr-only">{texts.community.post.ticket}: </span>
          {title}
        </Link>
      </p>
      <div className="text-[0.875rem] leading-5 sm:text-base sm:leading-[1.4] max-sm:flex-1 max-sm:basis-40">
        <WhenAndWhere ticket={ticket} />
      </div>
      <div className="sm:mt-auto">
        {status === 'sold' || status === 'withdrawn' ? (
          <p className="font-semibold">{status === 'sold' ? words.sold : words.begun}</p>
        ) : (
          <Price ticket={ticket} />
        )}
      </div>
    </div>
  );
};
