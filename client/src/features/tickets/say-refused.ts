import { formatWait } from '../../shared/format.ts';
import { texts } from '../../shared/texts/index.ts';
import type { Refusal } from './refusal.ts';

/** In words, why a ticket could not be reserved. */
export const sayRefused = ({ reason, retryAfter = 60 }: Refusal): string => {
  const said = texts.tickets.refused[reason];
  return typeof said === 'string' ? said : said(formatWait(retryAfter));
};
