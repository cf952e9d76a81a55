import { describe, expect, it } from '@jest/globals';
import { nameCard } from './stand-in.ts';

const card = { number: '4242 4242 4242 4242', expiry: '04 / 29', cvc: '123' };
const there = { base: '/stripe', publishableKey: 'pk_test_1' };

/** The stand-in, which answers so; with what it was asked. */
const standIn = (status: number, body: unknown) => {
  const asked: { url: unknown; init: RequestInit | undefined }[] = [];
  const ask: typeof fetch = async (url, init) => {
    asked.push({ url, init });
    return Response.json(body, { status });
  };
  return { asked, ask };
};
const error = (code: string, decline_code?: string) => ({
  error: { type: 'card_error', code, decline_code },
});

describe('the card form with the stand-in', () => {
  it('sends a card as Stripe.js does, without the shop’s session', async () => {
    const { asked, ask } = standIn(200, { id: 'pm_1' });
    expect(await nameCard(card, there, ask)).toEqual({ kind: 'named', paymentMethod: 'pm_1' });
    expect(asked[0]).toMatchObject({
      url: '/stripe/v1/payment_methods',
      init: { method: 'POST', credentials: 'omit', headers: { Authorization: 'Bearer pk_test_1' } },
    });
    expect(String(asked[0]?.init?.body)).toBe(
      'type=card&card%5Bnumber%5D=4242424242424242&card%5Bexp_month%5D=4&card%5Bexp_year%5D=2029&card%5Bcvc%5D=123',
    );
  });

  it.each([
    ['incorrect_number', undefined, 'number', 'numberIncorrect'],
    ['invalid_expiry_year', undefined, 'expiry', 'expired'],
    ['invalid_cvc', undefined, 'cvc', 'cvcIncorrect'],
    ['card_declined', 'test_mode_live_card', 'number', 'notATestCard'],
  ])('says at its field what is wrong with a card: %s', async (code, declineCode, field, problem) => {
    const { ask } = standIn(402, error(code, declineCode));
    expect(await nameCard(card, there, ask)).toEqual({ kind: 'incorrect', field, problem });
  });

  it('says that a card is refused', async () => {
    const { ask } = standIn(402, error('card_declined', 'generic_decline'));
    expect(await nameCard(card, there, ask)).toEqual({
      kind: 'refused',
      decline: { code: 'card_declined', declineCode: 'generic_decline' },
    });
  });

  it.each([
    ['is down', async () => Promise.reject(new TypeError('Failed to fetch'))],
    ['answers in words of its own', async () => new Response('<html>', { status: 502 })],
    ['cannot answer', async () => Response.json({ error: {} }, { status: 500 })],
  ])('says so when the stand-in %s', async (_, ask) => {
    expect(await nameCard(card, there, ask)).toEqual({ kind: 'away' });
  });
});
