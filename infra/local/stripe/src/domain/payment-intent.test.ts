import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DeclineReason } from './card.ts';
import {
  authenticate,
  cancel,
  capture,
  confirm,
  expire,
  refund,
  refundable,
  type Step,
  UnexpectedState,
} from './payment-intent.ts';
import type { Charge, Intent, PaymentMethod } from './records.ts';

const NOW = 1_700_000_000;

const anIntent = (captureMethod: Intent['captureMethod']): Intent => ({
  id: 'pi_1',
  clientSecret: 'pi_1_secret_1',
  created: NOW,
  status: 'requires_confirmation',
  amount: 1999,
  amountReceived: 0,
  currency: 'usd',
  captureMethod,
  automaticPaymentMethods: { redirects: 'never' },
  allowedTypes: null,
  requestThreeDSecure: 'automatic',
  paymentMethodId: 'pm_1',
  lastError: null,
  latestChargeId: null,
  authentication: null,
  canceledAt: null,
  cancellationReason: null,
  description: null,
  metadata: {},
  receiptEmail: null,
  statementDescriptor: null,
  statementDescriptorSuffix: null,
});

const aMethod = (authentication: 'none' | 'required', decline: DeclineReason | null): PaymentMethod => ({
  id: 'pm_1',
  created: NOW,
  card: {
    brand: 'visa',
    funding: 'credit',
    country: 'US',
    last4: '4242',
    expMonth: 12,
    expYear: 2034,
    authentication,
    decline,
  },
  billingDetails: {
    address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
    email: null,
    name: null,
    phone: null,
  },
  metadata: {},
  usedBy: null,
});

/** Money as it is after some calls, as a bank would count it. */
interface Books {
  readonly intent: Intent;
  readonly charge: Charge | undefined;
  readonly givenBack: number;
}

const methods = fc.record({
  authentication: fc.constantFrom('none', 'required'),
  decline: fc.constantFrom(null, null, 'generic', 'insufficientFunds'),
});

/** Any call that anybody could make, at any time. */
const calls = fc.oneof(
  methods.map(
    ({ authentication, decline }) => ({ name: 'confirm', method: aMethod(authentication, decline) }) as const,
  ),
  fc.boolean().map((yes) => ({ name: 'authenticate', yes }) as const),
  fc.integer({ min: 1, max: 1999 }).map((amount) => ({ name: 'capture', amount }) as const),
  fc.constant({ name: 'cancel' } as const),
  fc.constant({ name: 'expire' } as const),
  fc.integer({ min: 1, max: 1999 }).map((amount) => ({ name: 'refund', amount }) as const),
);

type AnyCall = typeof calls extends fc.Arbitrary<infer T> ? T : never;

const decide = ({ intent, charge }: Books, call: AnyCall): Step | undefined => {
  switch (call.name) {
    case 'confirm':
      return confirm(intent, { paymentMethod: call.method, returnUrl: null, refuseToAsk: false }, NOW);
    case 'authenticate':
      return authenticate(intent, aMethod('required', null), call.yes, NOW);
    case 'capture':
      return charge && capture(intent, charge, call.amount);
    case 'cancel':
      return cancel(intent, charge, null, NOW);
    case 'expire':
      return charge && expire(intent, charge, NOW);
    case 'refund':
      return charge && refundable(charge) >= call.amount
        ? refund(intent, charge, { amount: call.amount, reason: null, metadata: {} }, NOW)
        : undefined;
  }
};

const after = (books: Books, call: AnyCall): Books => {
  try {
    const step = decide(books, call);
    if (step === undefined) return books;
    return {
      intent: step.intent,
      charge: step.charge ?? books.charge,
      givenBack: books.givenBack + (step.refund?.amount ?? 0),
    };
  } catch (error) {
    if (error instanceof UnexpectedState) return books;
    throw error;
  }
};

describe('a payment, whatever is asked of it in whatever order', () => {
  const everyWay = (check: (before: Books, call: AnyCall, now: Books) => void) =>
    fc.assert(
      fc.property(
        fc.constantFrom<Intent['captureMethod']>('manual', 'automatic'),
        fc.array(calls, { maxLength: 12 }),
        (captureMethod, sequence) => {
          let books: Books = { intent: anIntent(captureMethod), charge: undefined, givenBack: 0 };
          for (const call of sequence) {
            const now = after(books, call);
            check(books, call, now);
            books = now;
          }
        },
      ),
      { numRuns: 500 },
    );

  it('has taken money if and only if it has succeeded, and never more than its amount', () => {
    everyWay((_before, _call, { intent, charge }) => {
      expect(intent.amountReceived > 0).toBe(intent.status === 'succeeded');
      expect(intent.amountReceived).toBeLessThanOrEqual(intent.amount);
      expect(intent.status === 'succeeded').toBe(charge?.captured === true);
    });
  });

  it('gives back no more than it has taken', () => {
    everyWay((_before, _call, { intent, givenBack, charge }) => {
      expect(givenBack).toBeLessThanOrEqual(intent.amountReceived);
      if (charge !== undefined) expect(charge.amountRefunded).toBeLessThanOrEqual(charge.amount);
    });
  });

  it('stays as it is once it has succeeded or was called off', () => {
    everyWay(({ intent: before }, call, { intent }) => {
      if (before.status === 'canceled') expect(intent).toEqual(before);
      if (before.status === 'succeeded' && call.name !== 'refund') expect(intent).toEqual(before);
    });
  });

  it('waits for a bank exactly while it requires an action', () => {
    everyWay((_before, _call, { intent }) => {
      expect(intent.authentication !== null).toBe(intent.status === 'requires_action');
    });
  });

  it('has nothing held any more when it was called off', () => {
    everyWay((_before, _call, { intent, charge }) => {
      if (intent.status !== 'canceled' || charge?.status !== 'succeeded') return;
      expect(charge.amountRefunded).toBe(charge.amount);
    });
  });
});
