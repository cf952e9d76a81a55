import { randomUUID } from 'node:crypto';
import type { ReactNode } from 'react';
import { ApiError } from '../../shared/api/api-error.ts';
import { findTicket } from '../../shared/api/find-ticket.ts';
import type { Ticket } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { Notice } from '../../shared/ui/notice.tsx';
import { visitor } from '../session/current-user.ts';
import { findAlike, findOwnOrder, ticketOrNotFound } from './find-tickets.ts';
import { Offered } from './offered.tsx';
import { isClaim, situationOf } from './situation.ts';
import { TicketView } from './ticket-view.tsx';

interface TicketPageProps {
  readonly id: string;
  /** The visitor has just pressed for it in vain, and hears so here. */
  readonly isLate: boolean;
  /** Who sells it, where that is known. */
  readonly seller: ReactNode;
}

/** One ticket, and what it is to the one who looks. */
export const TicketPage = async ({ id, isLate, seller }: TicketPageProps) => {
  const ticket = await find(id, isLate);
  if (ticket === 'withdrawn') return <Withdrawn id={id} />;
  if (ticket === 'no answer') {
    const { error } = texts.shop;
    const again = { href: `/tickets/${id}`, label: error.again };
    return <Notice creased title={error.title} text={error.text} verb={again} />;
  }
  const user = await visitor();
  const order = user === null ? undefined : await findOwnOrder(ticket);
  const situation = situationOf({ ticket, visitor: user, order, now: new Date() });
  const isLost =
    (isLate && !isClaim(order)) || ['reserved', 'sold', 'begun', 'withdrawn'].includes(situation.kind);
  return (
    <TicketView
      ticket={ticket}
      situation={situation}
      order={order}
      isLate={isLate}
      seller={seller}
      visitorId={user?.id}
      others={isLost ? await findAlike(ticket) : undefined}
      attempt={randomUUID()}
    />
  );
};

/** For whom "not found" is no news: what they pressed for was there. */
const Withdrawn = async ({ id }: { id: string }) => {
  const [user, others] = await Promise.all([visitor(), findAlike({ id, title: '' })]);
  const { ticket, said } = texts.tickets;
  return (
    <>
      <Notice
        title={ticket.withdrawn}
        text={said.withdrawn}
        verb={{ href: '/', label: texts.shop.toTheShop }}
      />
      <Offered others={others} visitorId={user?.id} attempt={randomUUID()} />
    </>
  );
};

const find = async (id: string, isLate: boolean): Promise<Ticket | 'withdrawn' | 'no answer'> => {
  try {
    return await (isLate ? findTicket(id) : ticketOrNotFound(id));
  } catch (error) {
    if (error instanceof ApiError && error.isTemporary) return 'no answer';
    if (error instanceof ApiError && error.status === 404) return 'withdrawn';
    throw error;
  }
};
