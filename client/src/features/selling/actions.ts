'use server';
import { randomUUID } from 'node:crypto';
import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import { postOnce } from '../../shared/api/post-once.ts';
import { ask } from '../../shared/api/server.ts';
import type { Ticket } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { textOf } from '../../shared/ui/form-state.ts';
import { sayRefusal } from '../../shared/ui/say-refusal.ts';
import { signInPath } from '../session/return-path.ts';
import { type OfferState, readOffer, refusedOffer } from './offer.ts';

/** Puts a ticket up for sale, once however often the form is sent, and leads to the seller's own. */
export const sell = async (_before: OfferState, form: FormData): Promise<OfferState> => {
  const offer = readOffer(form);
  const key = textOf(form, 'key') || randomUUID();
  let ticket: Ticket;
  try {
    ticket = await postOnce('tickets', '/api/tickets', offer.body, key);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return {
      ...refusedOffer(error),
      values: offer.values,
      key: error.isUnanswered ? key : randomUUID(),
    };
  }
  redirect(`/tickets/mine?new=${ticket.id}`);
};

/** Changes what a ticket says, and leads to the seller's own. */
export const edit = async (_before: OfferState, form: FormData): Promise<OfferState> => {
  const offer = readOffer(form);
  // What a browser sends is not believed to be an id: it becomes a part of an address.
  const id = encodeURIComponent(textOf(form, 'ticket'));
  try {
    const startsAt = offer.isStartsAtTouched ? {} : { startsAt: await startsAtOf(id) };
    await ask('tickets', 'put', `/api/tickets/${id}`, { body: { ...offer.body, ...startsAt } });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.is('not_yours')) redirect(`/tickets/${id}/edit`);
    return { ...refusedOffer(error), values: offer.values };
  }
  // Else the way back would lead to this form with what the ticket said before.
  revalidatePath(`/tickets/${id}/edit`);
  redirect(`/tickets/mine?changed=${id}`);
};

/** Tickets takes an offer as a whole: a date that nobody touched is sent as the ticket has it by now. */
const startsAtOf = async (id: string): Promise<string> =>
  (await ask<Ticket>('tickets', 'get', `/api/tickets/${id}`)).data.startsAt ?? '';

export interface WithdrawState {
  readonly isDone?: boolean;
  readonly message?: string;
}

/** Takes a ticket out of the shop. Doing it twice is doing it once. */
export const withdraw = async (_before: WithdrawState, form: FormData): Promise<WithdrawState> => {
  const id = encodeURIComponent(textOf(form, 'ticket'));
  try {
    await ask('tickets', 'delete', `/api/tickets/${id}`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.is('not_signed_in')) redirect(signInPath('/tickets/mine'));
    // Whatever it says: the page shows by now what it did not know before.
    revalidatePath('/tickets/mine');
    return { message: sayNotWithdrawn(error) };
  }
  revalidatePath('/tickets/mine');
  return { isDone: true };
};

const sayNotWithdrawn = (error: ApiError): string => {
  const { withdrawErrors } = texts.selling;
  if (error.is('ticket_reserved')) return withdrawErrors.reserved;
  if (error.is('ticket_sold')) return withdrawErrors.sold;
  return sayRefusal(error);
};
