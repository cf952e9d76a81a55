import Link from 'next/link';
import type { Ticket } from '../../shared/api/types.ts';
import { Price, TicketNumber, WhenAndWhere } from '../../shared/strip/printed.tsx';
import { Strip } from '../../shared/strip/strip.tsx';
import { widthOf } from '../../shared/strip/title.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';

const words = texts.tickets.ticket;

/** A ticket that its seller shows: all of it leads to its page, where one reserves it and sees what becomes of it. */
export const ForSale = ({ ticket, isOwn }: { ticket: Ticket; isOwn: boolean }) => {
  const { id, title } = ticket;
  return (
    <Strip
      id={id}
      tearable
      aria-labelledby={`title-${id}`}
      stub={
        <>
          <Price ticket={ticket} />
          <Link
            href={isOwn ? `/tickets/${id}/edit` : `/tickets/${id}`}
            prefetch={false}
            className={`${button.onStock} w-full max-sm:px-1`}
          >
            {isOwn ? words.edit : words.reserve}
            <span className="sr-only">: {title}</span>
          </Link>
        </>
      }
    >
      <h3 id={`title-${id}`} className={`title text-strip ${widthOf(title)}`}>
        <Link
          href={`/tickets/${id}`}
          prefetch={false}
          className="stretched line-clamp-6 @max-[560px]:text-wrap"
        >
          {title}
        </Link>
      </h3>
      <div className="mt-auto flex flex-col gap-2">
        <WhenAndWhere ticket={ticket} />
        <TicketNumber ticket={ticket} />
      </div>
    </Strip>
  );
};
