import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { type RunningStandIn, startStandIn } from '../src/index.ts';
import { order, postForm, stripeAt } from './stripe-client.ts';

let standIn: RunningStandIn;
let stripe: Stripe;
beforeAll(async () => {
  standIn = await startStandIn();
  stripe = stripeAt(standIn.url);
});
afterAll(() => standIn.stop());

const asking = async (
  card = 'pm_card_authenticationRequired',
  more: Stripe.PaymentIntentConfirmParams = {},
) => {
  const { id } = await stripe.paymentIntents.create({ ...order, payment_method: card });
  const intent = await stripe.paymentIntents.confirm(id, more);
  const sdk = { ...intent.next_action?.use_stripe_sdk } as { stripe_js?: string };
  return { id, page: intent.next_action?.redirect_to_url?.url ?? sdk.stripe_js ?? '' };
};

const complete = { result: 'complete' };
const fail = { result: 'fail' };

describe("the bank's page", () => {
  it('asks the buyer, naming the amount and the card, in a page that needs no script', async () => {
    const { page } = await asking();
    expect(page).toMatch(new RegExp(`^${standIn.url}/3ds/payatt_\\w{24}$`));
    const response = await fetch(page);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('<h1>Is this you?</h1>');
    expect(html).toContain('$19.99');
    expect(html).toContain('Visa that ends in <b>3184</b>');
    expect(html).not.toMatch(/<script|style=|https?:|\bon\w+=/);
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('has its looks from its own server', async () => {
    const { page } = await asking();
    const sheet = await fetch(new URL('style.css', page));
    expect(sheet.headers.get('content-type')).toContain('text/css');
    expect(await sheet.text()).not.toContain('url(');
  });

  it('lets the money be held when the buyer says yes', async () => {
    const { id, page } = await asking();
    const done = await postForm(page, complete);
    expect(done.status).toBe(200);
    expect(await done.text()).toContain('<h1>Confirmed</h1>');
    const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(intent).toMatchObject({ status: 'requires_capture', next_action: null });
    expect(intent.latest_charge).toMatchObject({
      payment_method_details: { card: { three_d_secure: { result: 'authenticated' } } },
    });
  });

  it('refuses the payment when the buyer says no, and another card may follow', async () => {
    const { id, page } = await asking();
    expect(await (await postForm(page, fail)).text()).toContain('<h1>Refused</h1>');
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
      latest_charge: null,
    });
    expect(await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' })).toMatchObject({
      status: 'requires_capture',
    });
  });

  it('does not help a card that the bank refuses all the same', async () => {
    const { id, page } = await asking('pm_card_threeDSecureRequiredChargeDeclined');
    expect(await (await postForm(page, complete)).text()).toContain('<h1>Refused</h1>');
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined', decline_code: 'generic_decline' },
    });
  });

  it('takes one answer, and then has nothing to ask', async () => {
    const { id, page } = await asking();
    await postForm(page, complete);
    expect((await postForm(page, fail)).status).toBe(404);
    expect((await fetch(page)).status).toBe(404);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_capture');
  });

  it('has nothing to ask once the payment was called off, or confirmed anew', async () => {
    const off = await asking();
    await stripe.paymentIntents.cancel(off.id);
    expect((await postForm(off.page, complete)).status).toBe(404);
    const anew = await asking();
    await stripe.paymentIntents.confirm(anew.id);
    expect((await postForm(anew.page, complete)).status).toBe(404);
    expect((await stripe.paymentIntents.retrieve(anew.id)).status).toBe('requires_action');
  });

  it('goes on waiting when the form says neither yes nor no', async () => {
    const { id, page } = await asking();
    const response = await postForm(page, { result: 'perhaps' });
    expect(response.status).toBe(303);
    expect(new URL(response.headers.get('location') ?? '', page).href).toBe(page);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_action');
  });

  it('sends the buyer back to where the shop has said, with what has come of it', async () => {
    for (const [answer, status] of [
      [complete, 'succeeded'],
      [fail, 'failed'],
    ] as const) {
      const { id, page } = await asking(undefined, { return_url: 'https://shop.example/orders/1?from=bank' });
      const policy = (await fetch(page)).headers.get('content-security-policy');
      expect(policy).toContain("form-action 'self' https://shop.example");
      const response = await postForm(page, answer);
      expect(response.status).toBe(303);
      const back = new URL(response.headers.get('location') ?? '');
      expect(back.origin + back.pathname).toBe('https://shop.example/orders/1');
      expect(Object.fromEntries(back.searchParams)).toMatchObject({
        from: 'bank',
        payment_intent: id,
        redirect_status: status,
      });
    }
  });

  it("sends the buyer back to a page of the shop's own that was added to the address", async () => {
    const { page } = await asking();
    const asked = await fetch(`${page}?return_url=${encodeURIComponent('/orders/7')}`);
    const given = /name="return_url" value="([^"]*)"/.exec(await asked.text())?.[1] ?? '';
    const response = await postForm(page, { ...complete, return_url: given.replaceAll('&#38;', '&') });
    expect(response.headers.get('location')).toContain(`${standIn.url}/orders/7?`);
  });

  it.each(['https://evil.example/', '//evil.example/', 'javascript:alert(1)', '\\\\evil.example'])(
    'sends nobody to %s because an address says so',
    async (target) => {
      const { page } = await asking();
      const asked = await (await fetch(`${page}?return_url=${encodeURIComponent(target)}`)).text();
      expect(asked).not.toContain('evil');
      expect(asked).not.toContain('alert');
      const response = await postForm(page, { ...complete, return_url: target });
      expect(response.headers.get('location')).toBeNull();
    },
  );

  it('shows what it is given as text, whatever it is', async () => {
    const { page } = await asking();
    const given = '/a"><script>alert(1)</script>?b=1&copy=2';
    const asked = await (await fetch(`${page}?return_url=${encodeURIComponent(given)}`)).text();
    expect(asked).not.toContain('<script');
    expect(asked).toContain('?b=1&#38;copy=2"');
  });

  it('is nobody’s to guess', async () => {
    expect((await fetch(`${standIn.url}/3ds/payatt_guessed`)).status).toBe(404);
  });
});

describe('a card whose bank asks', () => {
  it('is refused at once when nobody is there to ask', async () => {
    const { id } = await stripe.paymentIntents.create({
      ...order,
      payment_method: 'pm_card_authenticationRequired',
    });
    await expect(stripe.paymentIntents.confirm(id, { off_session: true })).rejects.toMatchObject({
      statusCode: 402,
      decline_code: 'authentication_required',
    });
  });

  it('may be any card, when the shop wants the bank to ask', async () => {
    const { id } = await stripe.paymentIntents.create({
      ...order,
      payment_method: 'pm_card_visa',
      payment_method_options: { card: { request_three_d_secure: 'any' } },
    });
    expect((await stripe.paymentIntents.confirm(id)).status).toBe('requires_action');
  });
});
