import { expect, it } from '@jest/globals';
import { systemClock } from '@ticketing/common/clock';
import { NotFound } from '@ticketing/common/errors';
import { newId } from '@ticketing/common/testing';
import { OrderOnItsWay } from '../src/refusals.ts';
import { lookForOrder, type OrderLookup } from '../src/use-cases/look-for-order.ts';
import { aMoment } from './desk.ts';

const told = (lookup: OrderLookup, id: string) => lookup.find(id).catch((error: unknown) => error);

it('an order that is only just made is never called unknown to whoever came when too many waited already', async () => {
  const waits: (() => void)[] = [];
  const lookup = lookForOrder(
    {
      async findSoon() {
        const end = aMoment();
        waits.push(end.comes);
        await end.come;
        return undefined;
      },
    },
    systemClock,
  );
  const waiting = Array.from({ length: 99 }, () => told(lookup, newId()));
  // The hundredth has a place, but whoever comes next is quicker to take it.
  const overtaken = told(lookup, newId());
  const oneTooMany = told(lookup, newId());
  const old = told(lookup, '0'.repeat(24));
  const [hundredth, next, last] = waits.splice(99);
  hundredth?.();
  expect(await overtaken).toBeInstanceOf(OrderOnItsWay);
  last?.();
  expect(await old).toBeInstanceOf(NotFound);
  next?.();
  expect(await oneTooMany).toBeInstanceOf(OrderOnItsWay);
  for (const end of waits) end();
  for (const error of await Promise.all(waiting)) expect(error).toBeInstanceOf(NotFound);
  // They have all gone by now.
  const alone = told(lookup, newId());
  waits.at(-1)?.();
  expect(await alone).toBeInstanceOf(NotFound);
});
