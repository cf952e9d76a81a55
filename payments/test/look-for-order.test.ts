import { expect, it } from '@jest/globals';
import { systemClock } from '@ticketing/common/clock';
import { NotFound } from '@ticketing/common/errors';
import { newId } from '@ticketing/common/testing';
import { OrderOnItsWay } from '../src/refusals.ts';
import { lookForOrder } from '../src/use-cases/look-for-order.ts';
import { aMoment } from './desk.ts';

it('an order that is only just made is never called unknown to whoever came when too many waited already', async () => {
  const end = aMoment();
  const lookup = lookForOrder(
    {
      async findSoon() {
        await end.come;
        return undefined;
      },
    },
    systemClock,
  );
  const told = (id: string) => lookup.find(id).catch((error: unknown) => error);
  const waiting = Array.from({ length: 100 }, () => told(newId()));
  const oneTooMany = told(newId());
  const old = told('0'.repeat(24));
  end.comes();
  for (const error of await Promise.all(waiting)) expect(error).toBeInstanceOf(NotFound);
  expect(await oneTooMany).toBeInstanceOf(OrderOnItsWay);
  expect(await old).toBeInstanceOf(NotFound);
  // They have all gone by now.
  expect(await told(newId())).toBeInstanceOf(NotFound);
});
