'use client';
import { useState } from 'react';
import type { Ticket } from '../../shared/api/types.ts';
import { usePolling } from '../../shared/polling/use-polling.ts';
import { texts } from '../../shared/texts/index.ts';
import { offerOf } from './offer.ts';
import { OfferForm } from './offer-form.tsx';
import { WhyLocked } from './why-locked.tsx';

const LOOK_AGAIN_MS = 5_000;

/** The form of a ticket that is there already; it says when a buyer holds it, and when they let go. */
export const EditForm = ({ ticket, path }: { ticket: Ticket; path: string }) => {
  const { data } = usePolling<Ticket>({
    url: `/api/tickets/${ticket.id}`,
    initial: ticket,
    interval: ({ status }) => (status === 'sold' ? null : LOOK_AGAIN_MS),
  });
  // What the seller types stays, whatever becomes of the ticket meanwhile.
  const [values] = useState(() => offerOf(ticket));
  const { edit, errors } = texts.selling;
  return (
    <OfferForm
      kind="edit"
      initial={{ values, errors: {} }}
      ticketId={ticket.id}
      currency={ticket.currency}
      path={path}
      isLocked={data.status === 'reserved'}
      notice={
        <p role="status" className="font-semibold empty:-mb-4">
          {data.status === 'reserved' && (
            <>
              <WhyLocked ticket={data} /> {edit.locked}
            </>
          )}
          {data.status === 'sold' && errors.sold}
        </p>
      }
    />
  );
};
