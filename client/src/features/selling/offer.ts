/** What a seller says of a ticket: read from the form, and what the form hears where it is refused. Pure. */
import type { ErrorCode } from '@ticketing/common/errors';
import type { ApiError } from '../../shared/api/api-error.ts';
import type { Ticket } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { type FormState, textOf } from '../../shared/ui/form-state.ts';
import { sayRefusal } from '../../shared/ui/say-refusal.ts';
import { readPrice, writePrice } from './price.ts';
import { readStartsAt } from './starts-at.ts';

export type OfferField = 'title' | 'price' | 'place' | 'startsAt';

/** `values.startsAt` is an instant, whatever zone it was typed in. */
export interface OfferState extends FormState<OfferField> {
  /** Idempotency-Key of the next press: the same one until there is an answer. None before the first press. */
  readonly key?: string;
  /** The session is over: sign in elsewhere, and press again. */
  readonly isSignedOut?: boolean;
}

export interface Offer {
  /** For tickets; what cannot be read goes as it was typed, and is refused there. */
  readonly body: Readonly<Record<OfferField, string | number>>;
  /** The date is another one than the form began with. */
  readonly isStartsAtTouched: boolean;
  readonly values: FormState<OfferField>['values'];
}

const { errors: say } = texts.selling;

/**
 * What the form was sent with. `startsAtBefore` is the instant that the form began with, and `startsAtInstant` the browser's
 * reading of `startsAt`, which is UTC without script.
 */
export const readOffer = (form: FormData): Offer => {
  // A line break in a title is one that the field made, or a paste.
  const title = textOf(form, 'title').replace(/\s+/g, ' ').trim();
  const price = textOf(form, 'price').trim();
  const place = textOf(form, 'place').replace(/\s+/g, ' ').trim();
  const local = textOf(form, 'startsAt');
  const before = textOf(form, 'startsAtBefore');
  const startsAt =
    local === '' ? '' : textOf(form, 'startsAtInstant') || readStartsAt(local, before) || local;
  return {
    body: { title, price: readPrice(price) ?? price, place, startsAt },
    isStartsAtTouched: startsAt !== before,
    values: { title, price, place, startsAt },
  };
};

/** A form that shows what a ticket says by now, or that is blank. */
export const offerOf = (ticket: Ticket | undefined): FormState<OfferField>['values'] =>
  ticket === undefined
    ? {}
    : {
        title: ticket.title,
        price: writePrice(ticket.price),
        place: ticket.place ?? '',
        startsAt: ticket.startsAt ?? '',
      };

const messages: Partial<Record<ErrorCode, string>> = {
  ticket_reserved: say.reserved,
  ticket_sold: say.sold,
  ticket_withdrawn: say.withdrawn,
  not_found: say.notFound,
  idempotency_key_reused: say.usedBefore,
};

/** Why tickets did not take an offer: at the fields it names, or as a whole. */
export const refusedOffer = (error: ApiError): Omit<OfferState, 'key' | 'values'> => {
  const bad = new Set(error.lines.filter(({ code }) => code === 'invalid_field').map(({ field }) => field));
  const errors = Object.fromEntries(
    (['title', 'price', 'place', 'startsAt'] as const)
      .filter((field) => bad.has(field))
      .map((field) => [field, say[field]]),
  );
  if (Object.keys(errors).length > 0) return { errors };
  const known = error.lines.flatMap(({ code }) => (code === undefined ? [] : (messages[code] ?? [])))[0];
  return {
    errors,
    message: known ?? sayRefusal(error),
    ...(error.is('not_signed_in') ? { isSignedOut: true } : {}),
  };
};
