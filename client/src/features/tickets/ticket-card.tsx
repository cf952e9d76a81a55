'use client';
import Link, { useLinkStatus } from 'next/link';
import type { Ticket } from '../../shared/api/types.ts';
import { Price, TicketNumber, WhenAndWhere } from '../../shared/strip/printed.tsx';
import { Strip } from '../../shared/strip/strip.tsx';
import { widthOf } from '../../shared/strip/title.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { FormMessage } from '../../shared/ui/form-message.tsx';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { isLost } from './refusal.ts';
import { type Reservation, ReserveForm } from './reserve-form.tsx';
import { sayRefused } from './say-refused.ts';

interface TicketCardProps {
  readonly ticket: Ticket;
  /** The visitor sells it. */
  readonly isOwn: boolean;
  readonly reservation: Reservation;
  readonly level?: 'h2' | 'h3';
}

/** A ticket of a list: the strip leads to its page, the stub reserves it. */
export const TicketCard = ({ ticket, isOwn, reservation, level: Heading = 'h2' }: TicketCardProps) => {
  const { isPending } = reservation;
  const refused = isPending ? null : reservation.refused;
  const message = useRefusalFocus<HTMLDivElement>(refused);
  const lost = refused !== null && isLost(refused);
  const title = `title-${ticket.id}`;
  return (
    <Strip
      id={ticket.id}
      tear={lost ? 'outline' : isPending ? 'held' : 'intact'}
      tearable={!lost}
      aria-labelledby={title}
      className="h-full"
      stub={
        <>
          <Price ticket={ticket} />
          {isOwn ? (
            <Link href={`/tickets/${ticket.id}/edit`} className={`${button.onStock} w-full`}>
              {texts.tickets.ticket.edit}
              <span className="sr-only">: {ticket.title}</span>
            </Link>
          ) : (
            !lost && <ReserveForm ticket={ticket} reservation={reservation} />
          )}
        </>
      }
    >
      <Heading id={title} className={`title text-strip ${widthOf(ticket.title)}`}>
        <Link
          href={`/tickets/${ticket.id}`}
          prefetch={false}
          className="stretched line-clamp-6 @max-[560px]:text-wrap"
        >
          {ticket.title}
          <OnTheWay />
        </Link>
      </Heading>
      <div ref={message} className="empty:hidden">
        {refused !== null && (
          <FormMessage surface={lost ? 'counter' : 'stock'}>{sayRefused(refused)}</FormMessage>
        )}
      </div>
      <div className="mt-auto flex flex-col gap-2">
        <WhenAndWhere ticket={ticket} />
        <TicketNumber ticket={ticket} />
      </div>
    </Strip>
  );
};

/** The page behind the link is on its way: the strip begins to tear (strip.module.css). */
const OnTheWay = () => {
  const { pending } = useLinkStatus();
  return pending ? <span data-on-the-way="" /> : null;
};
