import 'server-only';
import type { Metadata } from 'next';
import { ApiError } from '../../shared/api/api-error.ts';
import { formatPrice, formatTime } from '../../shared/format.ts';
import { texts } from '../../shared/texts/index.ts';
import { findTicket } from './find-tickets.ts';

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
    if (error instanceof ApiError) return { title: texts.shop.error.title };
    throw error;
  }
};
