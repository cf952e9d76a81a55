'use client';
import type { Order, Ticket } from '../../shared/api/types.ts';
import { useOwnOrders } from '../../shared/own-orders/own-orders.ts';
import { texts } from '../../shared/texts/index.ts';
import type { Others } from './alike.ts';
import { useReservation } from './reserve-form.tsx';
import { TicketCard } from './ticket-card.tsx';
import styles from './ticket-list.module.css';

const { offer } = texts.tickets;

interface OfferedProps {
  readonly others: Others;
  readonly visitorId: string | undefined;
  readonly attempt: string;
}

/** Others, instead of the one that is not to be had. */
export const Offered = ({ others: { tickets, areAlike }, visitorId, attempt }: OfferedProps) => {
  const ownOrders = useOwnOrders(visitorId);
  return tickets.length === 0 ? null : (
    <section aria-labelledby="others" className="mt-10">
      <h2 id="others" className="title regular mb-4 text-lg">
        {areAlike ? offer.like(tickets.length) : offer.newest}
      </h2>
      <ul className={styles.list}>
        {tickets.map((ticket) => (
          <li key={ticket.id}>
            <Other
              ticket={ticket}
              isOwn={ticket.userId === visitorId}
              order={ownOrders(ticket.id)}
              attempt={attempt}
            />
          </li>
        ))}
      </ul>
    </section>
  );
};

interface OtherProps {
  readonly ticket: Ticket;
  readonly isOwn: boolean;
  readonly order: Order | undefined;
  readonly attempt: string;
}

const Other = ({ ticket, isOwn, order, attempt }: OtherProps) => (
  <TicketCard
    ticket={ticket}
    isOwn={isOwn}
    order={order}
    reservation={useReservation(ticket, attempt)}
    level="h3"
  />
);
