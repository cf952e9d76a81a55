import { ticketCreated } from '@ticketing/common/events';
import { type IdempotencyKey, withKey } from '@ticketing/common/idempotency';
import type { SessionUser } from '@ticketing/common/session';
import { Types } from 'mongoose';
import { type TicketAnswer, toAnswer } from '../answer.ts';
import { type Offer, putUp } from '../ticket.ts';
import type { Deps } from './deps.ts';

/** What a seller sends: `price` in minor units. */
export interface OfferFields extends Omit<Offer, 'price'> {
  readonly price: number;
}

export interface CreateTicket extends OfferFields {
  readonly user: SessionUser;
  readonly idempotency?: IdempotencyKey;
}

/** Puts a ticket up for sale. @throws {InvalidFields} {StartsInThePast} */
export const createTicket =
  ({ tickets, clock, currency }: Deps) =>
  async ({ user, idempotency, price, ...rest }: CreateTicket): Promise<TicketAnswer> => {
    const now = clock.now();
    const offer = { ...rest, price: { amount: price, currency } };
    const ticket = putUp(new Types.ObjectId().toHexString(), user.id, offer, now);
    const answer = toAnswer(ticket, now);
    await tickets.insert(ticket, ticketCreated, withKey(user, idempotency, now, answer));
    return answer;
  };
