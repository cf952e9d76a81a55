import { afterAll, beforeAll } from '@jest/globals';
import { newPerson, type Person } from './shop.ts';
import { type OwnSystem, ownSystem } from './system.ts';

const START_MS = 300_000;

interface SellerAndBuyer {
  readonly system: OwnSystem;
  readonly seller: Person;
  readonly buyer: Person;
}

/**
 * For a file whose tests buy tickets in a system of its own: `const here = sellerAndBuyer({ holdSeconds: 4 })` at its top,
 * `const { system, seller, buyer } = here()` in a test.
 */
export const sellerAndBuyer = (options?: Parameters<typeof ownSystem>[0]): (() => SellerAndBuyer) => {
  let system: OwnSystem | undefined;
  let here: SellerAndBuyer | undefined;
  beforeAll(async () => {
    system = await ownSystem(options);
    const [seller, buyer] = await Promise.all([newPerson(system.baseUrl), newPerson(system.baseUrl)]);
    here = { system, seller, buyer };
  }, START_MS);
  afterAll(() => system?.end(), START_MS);
  return () => {
    if (here === undefined) throw new Error('there is no system before the first test');
    return here;
  };
};
