import { randomUUID } from 'node:crypto';
import { ApiError } from '../../shared/api/api-error.ts';
import { findTicket } from '../../shared/api/find-ticket.ts';
import type { Ticket } from '../../shared/api/types.ts';
import { currencyHere } from '../../shared/payments-settings.ts';
import { texts } from '../../shared/texts/index.ts';
import { signedInOrSending } from '../session/current-user.ts';
import { offerOf } from './offer.ts';
import { OfferForm } from './offer-form.tsx';

/** Where a ticket is put up for sale. @param like id of one of one's own, whose words stand there already */
export const SellPage = async ({ like }: { like: string | undefined }) => {
  const path = like === undefined ? '/tickets/new' : `/tickets/new?${new URLSearchParams({ like })}`;
  const user = await signedInOrSending(path);
  const [currency, example] = await Promise.all([currencyHere(), find(like)]);
  const values = offerOf(user !== null && example?.userId === user.id ? example : undefined);
  return (
    <>
      <h1 className="title wide mt-2 mb-4 text-xl">{texts.selling.sell.title}</h1>
      <OfferForm
        kind="sell"
        initial={{ values, errors: {} }}
        attempt={randomUUID()}
        currency={currency}
        path={path}
      />
    </>
  );
};

/** Only to spare some typing: without an answer, the strip is blank. */
const find = async (id: string | undefined): Promise<Ticket | undefined> => {
  if (id === undefined) return undefined;
  try {
    return await findTicket(id);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
};
