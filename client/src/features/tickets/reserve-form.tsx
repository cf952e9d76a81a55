'use client';
import { useActionState } from 'react';
import type { Ticket } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { SubmitButton } from '../../shared/ui/submit-button.tsx';
import { useAttempt } from '../../shared/ui/use-attempt.ts';
import { type NotReserved, reserve } from './reserve.ts';

export interface Reservation {
  /** Why the last attempt at the ticket as it is now was refused. */
  readonly refused: NotReserved | null;
  readonly isPending: boolean;
  readonly action: (form: FormData) => void;
  readonly key: string;
  /** The page can say why where it was pressed. */
  readonly isAlive: boolean;
}

/**
 * What a form needs to reserve a ticket.
 * @param attempt made by the server, for who presses before the page is alive
 */
export const useReservation = (ticket: Ticket, attempt: string): Reservation => {
  const [answer, action, isPending] = useActionState(reserve, null);
  const first = useAttempt(`${attempt}.${ticket.id}`);
  // It has come back on sale since.
  const refused = answer !== null && answer.version === String(ticket.version) ? answer : null;
  return { refused, isPending, action, key: answer?.key ?? first.key, isAlive: first.isAlive };
};

interface ReserveFormProps {
  readonly ticket: Ticket;
  readonly reservation: Reservation;
  /** Others like it are wanted where it turns out to be taken. */
  readonly wantsAlike?: boolean;
  readonly isLarge?: boolean;
}

/** What is pressed on the one strip of a page. */
export const largeVerb = 'min-h-14 text-lg';

/** The button that reserves a ticket; it works before the page is alive. */
export const ReserveForm = ({
  ticket,
  reservation,
  wantsAlike = false,
  isLarge = false,
}: ReserveFormProps) => (
  <form action={reservation.action} className="w-full">
    <input type="hidden" name="ticket" value={ticket.id} />
    <input type="hidden" name="version" value={ticket.version} />
    <input type="hidden" name="key" value={reservation.key} />
    {reservation.isAlive && <input type="hidden" name="alive" value="yes" />}
    {wantsAlike && <input type="hidden" name="title" value={ticket.title} />}
    <SubmitButton
      pending={texts.tickets.ticket.reserving}
      className={`w-full ${isLarge ? largeVerb : 'max-sm:px-1'}`}
    >
      {texts.tickets.ticket.reserve}
      <span className="sr-only">: {ticket.title}</span>
    </SubmitButton>
  </form>
);
