'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type ReactNode, startTransition, useEffect, useState } from 'react';
import type { Order, Ticket } from '../../shared/api/types.ts';
import { newestOf } from '../../shared/own-orders/newest.ts';
import { lookUpOwnOrders, rememberOrders, useOwnOrders } from '../../shared/own-orders/own-orders.ts';
import { usePolling } from '../../shared/polling/use-polling.ts';
import { useReturn } from '../../shared/polling/use-return.ts';
import { Price, TicketNumber, WhenAndWhere } from '../../shared/strip/printed.tsx';
import { Strip, type Tear } from '../../shared/strip/strip.tsx';
import { widthOf } from '../../shared/strip/title.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { FormMessage } from '../../shared/ui/form-message.tsx';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import type { Others } from './alike.ts';
import { Offered } from './offered.tsx';
import type { Reason } from './refusal.ts';
import { offerOthers } from './reserve.ts';
import { largeVerb, type Reservation, ReserveForm, useReservation } from './reserve-form.tsx';
import { sayRefused } from './say-refused.ts';
import { type Situation, situationOf } from './situation.ts';

/** Between two looks at the ticket, in milliseconds. */
const LOOK_AGAIN_MS = 3_000;

const { ticket: words, said, offer } = texts.tickets;

interface TicketViewProps {
  readonly ticket: Ticket;
  /** As the server saw it. */
  readonly situation: Situation;
  /** The visitor's newest order of this ticket, as the server knew it. */
  readonly order: Order | undefined;
  /** The visitor has pressed for it in vain, on a page that could not say so. */
  readonly isLate: boolean;
  /** Who sells it, where that is known. */
  readonly seller: ReactNode;
  readonly visitorId: string | undefined;
  /** Others, where this one is not to be had. */
  readonly others: Others | undefined;
  /** Made by the server, for attempts to reserve. */
  readonly attempt: string;
}

/** A ticket as its page shows it; what becomes of it is seen without a reload. */
export const TicketView = ({
  ticket,
  situation: seenByServer,
  order,
  isLate,
  seller,
  visitorId,
  others,
  attempt,
}: TicketViewProps) => {
  const rendered = useSituationByNow({ ticket, situation: seenByServer, order, visitorId });
  const reservation = useReservation(ticket, attempt);
  const { isPending } = reservation;
  const refused = isPending ? null : reservation.refused;
  const { isWithdrawn, isUnheard } = useAvailability(ticket, visitorId);
  const wasOnSale = useWasOnSale(rendered);
  const news = useRefusalFocus<HTMLDivElement>(refused);

  const isLost = refused !== null && refused.reason in lost;
  const situation: Situation = isWithdrawn
    ? { kind: 'withdrawn' }
    : isLost && rendered.kind === 'on sale'
      ? { kind: lost[refused.reason] ?? 'reserved' }
      : rendered;
  const isTaken = situation.kind === 'reserved' || situation.kind === 'sold';
  const isTheirs = situation.kind === 'held by you' || situation.kind === 'yours';
  const isBeaten = !isTheirs && (isLate || (isTaken && (wasOnSale || isLost)));
  const othersByNow = useOthersOnceWithdrawn(ticket, isWithdrawn);
  const offered = others ?? refused?.others ?? othersByNow;

  // Said once, and not again when the page is loaded anew.
  useEffect(() => {
    if (isLate) window.history.replaceState(window.history.state, '', window.location.pathname);
  }, [isLate]);

  return (
    <>
      <Strip
        id={ticket.id}
        large
        tear={isPending ? 'held' : tearOf(situation, ticket)}
        tearable={situation.kind === 'on sale'}
        aria-labelledby="title"
        className="mt-2"
        stub={
          <>
            <Price ticket={ticket} isLarge />
            <StubVerb ticket={ticket} situation={situation} reservation={reservation} />
          </>
        }
      >
        <h1 id="title" className={`title text-large ${widthOf(ticket.title)}`}>
          {ticket.title}
        </h1>
        <div className="mt-auto flex flex-col gap-3 pt-4 sm:text-lg">
          <WhenAndWhere ticket={ticket} />
          {seller}
          <TicketNumber ticket={ticket} />
        </div>
      </Strip>

      <div ref={news} className="mt-6 flex flex-col items-start gap-2">
        {refused !== null && !isLost ? (
          <>
            <FormMessage surface="counter">{sayRefused(refused)}</FormMessage>
            {refused.reason === 'too many' && (
              <Link href="/orders" className={button.quiet}>
                {texts.shop.nav.orders}
              </Link>
            )}
          </>
        ) : (
          <p role="status" data-form-message tabIndex={-1} className="outline-none">
            {isBeaten ? (
              <>
                <span className="title regular block text-xl">{offer.faster}</span>
                {situation.kind !== 'on sale' && <span className="mt-2 block">{say(situation, ticket)}</span>}
              </>
            ) : (
              say(situation, ticket)
            )}
          </p>
        )}
        {isUnheard && <p className="text-quiet">{texts.shop.notUpToDate}</p>}
      </div>

      {(isLate || situation.kind !== 'on sale') && offered !== undefined && (
        <Offered others={offered} visitorId={visitorId} attempt={attempt} />
      )}
    </>
  );
};

/** What the ticket is by now to whoever was refused. */
const lost: Partial<Record<Reason, 'reserved' | 'sold' | 'withdrawn' | 'begun'>> = {
  taken: 'reserved',
  sold: 'sold',
  withdrawn: 'withdrawn',
  begun: 'begun',
};

const tearOf = ({ kind }: Situation, { status }: Ticket): Tear => {
  switch (kind) {
    case 'on sale':
      return 'intact';
    case 'reserved':
    case 'held by you':
      return 'held';
    case 'yours':
      return 'torn';
    case 'your own':
      return status === 'on sale' ? 'intact' : status === 'reserved' ? 'held' : 'outline';
    case 'sold':
    case 'begun':
    case 'withdrawn':
      return 'outline';
  }
};

const say = ({ kind }: Situation, { status }: Ticket): string =>
  kind === 'your own' ? said['your own'][status] : said[kind];

interface StubVerbProps {
  readonly ticket: Ticket;
  readonly situation: Situation;
  readonly reservation: Reservation;
}

/** What can be done with the ticket; or where nothing can, what it is. */
const StubVerb = ({ ticket, situation, reservation }: StubVerbProps) => {
  switch (situation.kind) {
    case 'on sale':
      return <ReserveForm ticket={ticket} reservation={reservation} wantsAlike isLarge />;
    case 'held by you':
      return (
        <Link href={`/orders/${situation.order.id}`} className={`${button.onStock} ${largeVerb} w-full`}>
          {words.pay}
        </Link>
      );
    case 'yours':
      return (
        <Link href={`/orders/${situation.order.id}`} className={`${button.onStock} ${largeVerb} w-full`}>
          {words.order}
        </Link>
      );
    case 'your own':
      return ticket.status === 'on sale' ? (
        <Link href={`/tickets/${ticket.id}/edit`} className={`${button.onStock} ${largeVerb} w-full`}>
          {words.edit}
        </Link>
      ) : (
        <p className="text-lg font-semibold">{words[ticket.status]}</p>
      );
    default:
      return <p className="text-lg font-semibold">{words[situation.kind]}</p>;
  }
};

/** What the ticket is to the visitor by what this tab knows of their orders: on the way back, more than the page does. */
const useSituationByNow = ({
  ticket,
  situation,
  order,
  visitorId,
}: Pick<TicketViewProps, 'ticket' | 'situation' | 'order' | 'visitorId'>): Situation => {
  const newest = newestOf(order, useOwnOrders(visitorId)(ticket.id));
  useEffect(() => {
    if (order !== undefined) rememberOrders([order]);
  }, [order]);
  if (newest === order) return situation;
  const visitor = visitorId === undefined ? null : { id: visitorId };
  return situationOf({ ticket, visitor, order: newest, now: new Date() });
};

/** Looks again and again; whatever has changed, the server renders anew. */
const useAvailability = (
  ticket: Ticket,
  visitorId: string | undefined,
): { isWithdrawn: boolean; isUnheard: boolean } => {
  const router = useRouter();
  const { data, error, refresh } = usePolling<Ticket>({
    url: `/api/tickets/${ticket.id}`,
    initial: ticket,
    interval: ({ status }) => (status === 'sold' ? null : LOOK_AGAIN_MS),
  });
  useReturn(ticket, () => {
    refresh();
    void lookUpOwnOrders(visitorId);
  });
  const hasChanged = data.version !== ticket.version || data.status !== ticket.status;
  useEffect(() => {
    if (hasChanged) startTransition(() => router.refresh());
  }, [hasChanged, router]);
  const isWithdrawn = error?.status === 404;
  return { isWithdrawn, isUnheard: error !== undefined && !isWithdrawn };
};

/** What is offered to who looked at it while its seller took it back: nothing is rendered anew then. */
const useOthersOnceWithdrawn = ({ id, title }: Ticket, isWithdrawn: boolean): Others | undefined => {
  const [others, setOthers] = useState<Others>();
  useEffect(() => {
    if (!isWithdrawn) return;
    let isWanted = true;
    // Where nobody answers there is nothing to offer.
    offerOthers(id, title).then(
      (found) => isWanted && setOthers(found),
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, [id, title, isWithdrawn]);
  return others;
};

/** Whether the visitor has seen it on sale: then somebody was faster, and did not just come first. */
const useWasOnSale = ({ kind }: Situation): boolean => {
  const [was, setWas] = useState(kind === 'on sale');
  if (kind === 'on sale' && !was) setWas(true);
  return was;
};
