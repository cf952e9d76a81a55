import 'server-only';
import type { Metadata } from 'next';
import { ApiError } from '../../shared/api/api-error.ts';
import { findTicket } from '../../shared/api/find-ticket.ts';
import { formatPrice, formatTime } from '../../shared/format.ts';
import { texts } from '../../shared/texts/index.ts';

/** What a ticket's page is called, and what a link to it shows elsewhere. */
export const describeTicket = async (id: string): Promise<Metadata> => {
  try {
    const { title, price, currency, startsAt, place } = await findTicket(id);
    const facts = [
      formatPrice(price, currency),
      ...(startsAt === undefined ? [] : [formatTime(startsAt, 'date')]),
      ...(place === undefined ? [] : [place]),
    ];
    const description = facts.join(' · ');
    return { title, description, openGraph: { title, description, siteName: texts.shop.name } };
  } catch (error) {
    // What the page makes of it, it decides itself.
    if (error instanceof ApiError)
      return { title: error.isTemporary ? texts.shop.error.title : texts.tickets.notFound.title };
    throw error;
  }
};
