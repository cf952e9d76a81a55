import { expect, it } from '@jest/globals';
import { anOrderState } from '@ticketing/common/testing';
import type { Payment } from '../src/payment.ts';
import { confirmPayment } from '../src/use-cases/confirm-payment.ts';
import type { Driving } from '../src/use-cases/deps.ts';
import { payOrder } from '../src/use-cases/pay-order.ts';

const order = anOrderState();
const user = { id: order.userId, email: 'buyer@example.com' };

/** A service in which finding things takes 2 s, and the card never answers; by a clock of its own. */
const slowly = () => {
  let now = Date.now();
  let kept: Payment | undefined;
  const taking = (ms: number) => {
    now += ms;
  };
  const driving = {
    clock: { now: () => new Date(now) },
    at: async () => {},
    lookup: {
      async find() {
        taking(2_000);
        return order;
      },
    },
    payments: {
      underWayOf: async () => undefined,
      async insert(payment: Payment) {
        taking(500);
        kept = payment;
      },
      async find() {
        taking(500);
        return kept;
      },
    },
    attempts: {
      wake() {},
      driven: async (_id: string, withinMs: number) => taking(withinMs),
      async until(_id: string, _enough: unknown, withinMs: number) {
        taking(withinMs);
        return kept;
      },
    },
  } as unknown as Driving;
  const took = async (work: (parts: Driving) => Promise<unknown>) => {
    const asked = now;
    await work(driving);
    return now - asked;
  };
  return { took, kept: () => kept?.id ?? '' };
};

it('a buyer has an answer 8 seconds after they have asked, however long their order was waited for', async () => {
  const { took, kept } = slowly();
  const paying = (parts: Driving) =>
    payOrder(parts)({ user, orderId: order.id, means: { paymentMethod: 'pm_1' } });
  expect(await took(paying)).toBe(8_000);
  expect(await took((parts) => confirmPayment(parts)({ user, id: kept() }))).toBe(8_000);
});
