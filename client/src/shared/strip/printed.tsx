import type { ReactNode } from 'react';
import type { Ticket } from '../api/types.ts';
import { formatPrice } from '../format.ts';
import { texts } from '../texts/index.ts';
import { LocalTime } from '../time/local-time.tsx';

/** What is printed on a ticket beside its title. */

/** When and where, as far as that is known. */
export const WhenAndWhere = ({
  ticket: { startsAt, place },
}: {
  ticket: Pick<Ticket, 'startsAt' | 'place'>;
}) =>
  startsAt === undefined && place === undefined ? null : (
    <p>
      {startsAt !== undefined && (
        <span className="block font-semibold">
          <LocalTime iso={startsAt} style="date and time" />
        </span>
      )}
      {place !== undefined && <span className="block wrap-anywhere">{place}</span>}
    </p>
  );

interface TicketNumberProps {
  readonly ticket: Ticket;
  /** What stands beside it. */
  readonly children?: ReactNode;
}

/** `No. 4f09c2` */
export const TicketNumber = ({ ticket, children }: TicketNumberProps) => (
  <p className="font-mono text-xs">
    {texts.shop.ticketNumber(ticket.id)}
    {children}
  </p>
);

interface PriceProps {
  readonly ticket: Ticket;
  /** On the strip that its page is about. */
  readonly isLarge?: boolean;
}

/** The longer the price, the smaller it is set: a stub is as wide as it is, and narrower on a phone. */
const sizeOf = ({ length }: string): string => {
  if (length <= 6) return 'text-lg';
  if (length <= 8) return 'text-lg max-sm:text-base';
  return length === 9 ? 'text-base max-sm:tracking-tighter' : 'text-base max-sm:text-xs';
};

export const Price = ({ ticket: { price, currency }, isLarge = false }: PriceProps) => {
  const written = formatPrice(price, currency);
  const size = isLarge
    ? written.length <= 8
      ? 'text-xl sm:max-lg:text-lg'
      : 'text-lg max-sm:text-xl'
    : sizeOf(written);
  return (
    <p className={`font-mono font-semibold tracking-tight ${size}`}>
      <span className="sr-only">{texts.tickets.ticket.price}: </span>
      {written}
    </p>
  );
};
