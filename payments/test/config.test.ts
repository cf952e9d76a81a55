import { describe, expect, it } from '@jest/globals';
import { readRepairConfig } from '../src/config.ts';

const settings = (STRIPE_API_BASE: string) => ({
  MONGO_URL: 'mongodb://127.0.0.1:1/payments',
  STRIPE_SECRET_KEY: 'sk_test_1',
  STRIPE_PUBLISHABLE_KEY: 'pk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  STRIPE_API_BASE,
});

describe('where Stripe’s API is', () => {
  it.each(['http://127.0.0.1:12111', 'https://stripe.example', 'https://stripe.example/'])(
    'may be %s',
    (url) => {
      expect(readRepairConfig(settings(url)).STRIPE_API_BASE).toBe(url);
    },
  );

  it.each([
    'http://127.0.0.1:3000/stripe',
    'https://stripe.example/v1/',
    'https://stripe.example/?as=us',
    'https://us@stripe.example',
  ])('may not be %s, of which a part would be left out in silence', (url) => {
    expect(() => readRepairConfig(settings(url))).toThrow(/STRIPE_API_BASE.*a server alone/);
  });

  it('must be a URL', () => {
    expect(() => readRepairConfig(settings('stripe'))).toThrow(/STRIPE_API_BASE.*a URL/);
  });
});
