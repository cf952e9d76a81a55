'use client';
import Link, { useLinkStatus } from 'next/link';
import type { Order, Ticket } from '../../shared/api/types.ts';
import { Price, TicketNumber, WhenAndWhere } from '../../shared/strip/printed.tsx';
import { Strip, type Tear } from '../../shared/strip/strip.tsx';
import { widthOf } from '../../shared/strip/title.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { FormMessage } from '../../shared/ui/form-message.tsx';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { isLost } from './refusal.ts';
import { type Reservation, ReserveForm } from './reserve-form.tsx';
import { sayRefused } from './say-refused.ts';
import { type Claim, isClaim } from './situation.ts';

const { ticket: words, said } = texts.tickets;

/** How an order of the visitor shows on its ticket. */
const claims = {
  'awaiting payment': { tear: 'held', verb: words.pay, said: said['held by you'] },
  completed: { tear: 'torn', verb: words.order, said: said.yours },
} as const satisfies Record<Claim['status'], { tear: Tear; verb: string; said: string }>;

interface TicketCardProps {
  readonly ticket: Ticket;
  /** The visitor sells it. */
  readonly isOwn: boolean;
  /** The visitor's newest order of this ticket. */
  readonly order: Order | undefined;
  readonly reservation: Reservation;
  readonly level?: 'h2' | 'h3';
}

/** A ticket of a list: the strip leads to its page, the stub reserves it. */
export const TicketCard = ({ ticket, isOwn, order, reservation, level: Heading = 'h2' }: TicketCardProps) => {
  const { isPending } = reservation;
  const claim = isClaim(order) ? order : undefined;
  const refused = isPending || claim !== undefined ? null : reservation.refused;
  const message = useRefusalFocus<HTMLDivElement>(refused);
  const lost = refused !== null && isLost(refused);
  const title = `title-${ticket.id}`;
  return (
    <Strip
      id={ticket.id}
      tear={
        claim !== undefined ? claims[claim.status].tear : lost ? 'outline' : isPending ? 'held' : 'intact'
      }
      tearable={!lost}
      aria-labelledby={title}
      className="h-full"
      stub={
        <>
          <Price ticket={ticket} />
          {claim !== undefined ? (
            <Link href={`/orders/${claim.id}`} className={`${button.onStock} w-full max-sm:px-1`}>
              {claims[claim.status].verb}
              <span className="sr-only">: {ticket.title}</span>
            </Link>
          ) : isOwn ? (
            <Link href={`/tickets/${ticket.id}/edit`} className={`${button.onStock} w-full`}>
              {words.edit}
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
      {claim !== undefined && <p className="font-semibold">{claims[claim.status].said}</p>}
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
