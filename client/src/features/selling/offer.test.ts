import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '@ticketing/common/errors';
import { ApiError } from '../../shared/api/api-error.ts';
import { texts } from '../../shared/texts/index.ts';
import { offerOf, readOffer, refusedOffer } from './offer.ts';

const { errors: say } = texts.selling;
const { refused } = texts.session;

const form = (fields: Record<string, string>): FormData => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
};
const refusal = (status: number, code: ErrorCode, field?: string) =>
  new ApiError(status, [field === undefined ? { message: 'No', code } : { message: 'No', code, field }]);

describe('what a seller sends', () => {
  test('is read as it is meant', () => {
    const { body } = readOffer(
      form({ title: ' Nils Frahm ', price: '$48', place: 'Elbphilharmonie', startsAt: '' }),
    );
    expect(body).toEqual({ title: 'Nils Frahm', price: 48, place: 'Elbphilharmonie', startsAt: '' });
  });

  test('starts in the hours of their browser', () => {
    const { body, values } = readOffer(
      form({
        title: 'x',
        price: '1',
        startsAt: '2026-12-14T20:00',
        startsAtInstant: '2026-12-14T19:00:00.000Z',
      }),
    );
    expect(body.startsAt).toBe('2026-12-14T19:00:00.000Z');
    expect(values.startsAt).toBe('2026-12-14T19:00:00.000Z');
  });

  test('starts in UTC where there is no script, as the form says', () => {
    const { body } = readOffer(form({ title: 'x', price: '1', startsAt: '2026-12-14T20:00' }));
    expect(body.startsAt).toBe('2026-12-14T20:00:00.000Z');
  });

  test.each([
    ['before the page is alive', '2026-12-14T19:00', ''],
    ['in a browser in Berlin', '2026-12-14T20:00', '2026-12-14T19:00:30.000Z'],
  ])(
    'keeps the date of the ticket, to the second, where nobody touched it: %s',
    (_where, startsAt, startsAtInstant) => {
      const startsAtBefore = '2026-12-14T19:00:30.000Z';
      const offer = readOffer(form({ title: 'x', price: '1', startsAt, startsAtBefore, startsAtInstant }));
      expect(offer.isStartsAtTouched).toBe(false);
      expect(offer.body.startsAt).toBe(startsAtBefore);
    },
  );

  test('has another date as soon as it was touched, or emptied', () => {
    const startsAtBefore = '2026-12-14T19:00:00.000Z';
    const touched = (startsAt: string) =>
      readOffer(form({ title: 'x', price: '1', startsAt, startsAtBefore })).isStartsAtTouched;
    expect(touched('2026-12-14T20:00')).toBe(true);
    expect(touched('')).toBe(true);
  });

  test('has no date when the date was emptied, whatever the browser read before', () => {
    const { body } = readOffer(
      form({ title: 'x', price: '1', startsAt: '', startsAtInstant: '2026-12-14T19:00:00Z' }),
    );
    expect(body.startsAt).toBe('');
  });

  test('has a title of one line', () => {
    expect(readOffer(form({ title: 'St Pauli v\r\nUnion', price: '1' })).body.title).toBe('St Pauli v Union');
  });

  test('is kept as it was typed, for tickets to refuse, where it cannot be read', () => {
    const { body, values } = readOffer(form({ title: '', price: '1.234', startsAt: 'soon' }));
    expect(body).toEqual({ title: '', price: '1.234', place: '', startsAt: 'soon' });
    expect(values.price).toBe('1.234');
  });
});

test('a ticket fills the form with what it says', () => {
  const ticket = {
    ...{ id: 'a', userId: 'b', version: 3, currency: 'usd', status: 'on sale' as const },
    ...{ title: 'Nils Frahm', price: 48, startsAt: '2026-12-14T19:00:00.000Z' },
  };
  expect(offerOf(ticket)).toEqual({
    title: 'Nils Frahm',
    price: '48.00',
    place: '',
    startsAt: '2026-12-14T19:00:00.000Z',
  });
  expect(offerOf(undefined)).toEqual({});
});

describe('a refused offer', () => {
  test.each(['title', 'price', 'place', 'startsAt'] as const)('is explained at the %s', (field) => {
    expect(refusedOffer(refusal(400, 'invalid_field', field))).toEqual({ errors: { [field]: say[field] } });
  });

  test.each([
    ['ticket_reserved', say.reserved],
    ['ticket_sold', say.sold],
    ['ticket_withdrawn', say.withdrawn],
    ['idempotency_key_reused', say.usedBefore],
  ] as const)('is explained as a whole: %s', (code, message) => {
    expect(refusedOffer(refusal(400, code))).toEqual({ errors: {}, message });
  });

  test('of somebody whose session ended says that nothing was lost', () => {
    expect(refusedOffer(refusal(401, 'not_signed_in'))).toEqual({
      errors: {},
      message: refused.notSignedIn,
      isSignedOut: true,
    });
  });
});
