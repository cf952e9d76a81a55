import { describe, expect, it } from '@jest/globals';
import { fieldOfDecline, sayDecline } from './decline.ts';

const generic = 'Your card was declined. Nothing was taken; the ticket is still yours for 6:12.';

describe('a refused card', () => {
  it.each([
    ['generic_decline', generic],
    [
      'insufficient_funds',
      /not enough money on it\. Nothing was taken; the ticket is still yours for 6:12\./,
    ],
    ['card_velocity_exceeded', /over its limit/],
    ['authentication_required', /did not hear a yes/],
  ])('is told as finely as the bank does: %s', (declineCode, words) => {
    expect(sayDecline({ code: 'card_declined', declineCode }, '6:12')).toMatch(words);
  });

  it.each(['lost_card', 'stolen_card', 'fraudulent', 'a_word_of_tomorrow', 'toString'])(
    'is told no finer than it may be: %s',
    (declineCode) => {
      expect(sayDecline({ code: 'card_declined', declineCode }, '6:12')).toBe(generic);
    },
  );

  it.each([
    ['expired_card', /expired/, 'expiry'],
    ['incorrect_cvc', /security code/, 'cvc'],
    ['incorrect_number', /number/, 'number'],
    ['processing_error', /same one may work/, undefined],
  ])('is told where the slip is: %s', (code, words, field) => {
    const decline = { code, declineCode: undefined };
    expect(sayDecline(decline, '6:12')).toMatch(words);
    expect(fieldOfDecline(decline)).toBe(field);
  });

  it('does not promise time that there is none of', () => {
    expect(sayDecline({ code: 'card_declined', declineCode: undefined }, undefined)).toBe(
      'Your card was declined.',
    );
  });
});
