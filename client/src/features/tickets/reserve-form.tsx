'use client';
import { type RefObject, useActionState, useEffect, useRef, useState } from 'react';
import type { Ticket } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { SubmitButton } from '../../shared/ui/submit-button.tsx';
import { type NotReserved, reserve } from './reserve.ts';

export interface Reservation {
  /** Why the last attempt at the ticket as it is now was refused. */
  readonly refused: NotReserved | null;
  readonly isPending: boolean;
  readonly action: (form: FormData) => void;
  readonly key: string;
}

/**
 * What a form needs to reserve a ticket. One key makes all presses of one attempt one reservation.
 * @param attempt made by the server, for who presses before the page is alive
 */
export const useReservation = (ticket: Ticket, attempt: string): Reservation => {
  const [answer, action, isPending] = useActionState(reserve, null);
  const [mounted, setMounted] = useState('');
  // A page that is left and come back to is not rendered anew, but what is reserved then is another attempt.
  useEffect(() => setMounted(`.${Date.now().toString(36)}`), []);
  // It has come back on sale since.
  const refused = answer !== null && answer.version === String(ticket.version) ? answer : null;
  return { refused, isPending, action, key: answer?.key ?? `${attempt}.${ticket.id}${mounted}` };
};

/** Takes whoever pressed to why it was refused; the button they pressed may be gone. */
export const useRefusalFocus = <E extends HTMLElement>(refused: object | null): RefObject<E | null> => {
  const root = useRef<E>(null);
  useEffect(() => {
    if (refused !== null) root.current?.querySelector<HTMLElement>('[data-form-message]')?.focus();
  }, [refused]);
  return root;
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
