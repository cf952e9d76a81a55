'use server';
import { randomUUID } from 'node:crypto';
import { redirect } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import { ask } from '../../shared/api/server.ts';
import type { Order } from '../../shared/api/types.ts';
import { textOf } from '../../shared/ui/form-state.ts';
import { signInPath } from '../session/return-path.ts';
import type { Others } from './alike.ts';
import { findAlike, findOwnClaim } from './find-tickets.ts';
import { latePath } from './query.ts';
import { isLost, type Refusal, refusalOf } from './refusal.ts';

export interface NotReserved extends Refusal {
  /** For the next attempt. */
  readonly key: string;
  /** Of the ticket that was asked for, as the form had it. */
  readonly version: string;
  /** Others like it, where the form asks for them. */
  readonly others?: Others;
}

/**
 * Reserves a ticket and leads to its order; whoever is not signed in goes to do so, and comes back to the ticket.
 * The form's `key` makes several presses one reservation.
 */
export const reserve = async (_before: NotReserved | null, form: FormData): Promise<NotReserved> => {
  const id = textOf(form, 'ticket');
  const key = textOf(form, 'key');
  let order: Order | undefined;
  try {
    const body = { ticketId: id };
    const headers = key === '' ? {} : { 'Idempotency-Key': key };
    order = (await ask<Order>('orders', 'post', '/api/orders', { body, headers })).data;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.is('not_signed_in')) redirect(signInPath(`/tickets/${encodeURIComponent(id)}`));
    const refusal = refusalOf(error);
    // Perhaps it is the visitor who was faster: in another tab, or a moment ago, before they came back here.
    if (isLost(refusal)) order = await findOwnClaim(id);
    if (order === undefined) {
      // Before the page is alive it is rendered anew, and by then without the strip that would say why.
      if (isLost(refusal) && !form.has('alive')) redirect(latePath(id));
      const title = textOf(form, 'title');
      return {
        ...refusal,
        version: textOf(form, 'version'),
        key: error.isUnanswered ? key : randomUUID(),
        ...(title === '' ? {} : { others: await findAlike({ id, title }) }),
      };
    }
  }
  redirect(`/orders/${order.id}`);
};

/** Others like a ticket that is not to be had any more. */
export const offerOthers = async (id: string, title: string): Promise<Others> =>
  // A browser can send anything.
  findAlike({ id: String(id), title: String(title) });
