import { describe } from '@jest/globals';
import { describeBuying } from '../support/buying.ts';
import { describeMarketplace } from '../support/marketplace.ts';
import { systemOfFile } from '../support/system-of-file.ts';

// What BASE_URL names has a broker already, and its own tests: those beside this file.
const here = process.env.BASE_URL ? describe.skip : describe;

here('over JetStream', () => {
  const system = systemOfFile({ transport: 'jetstream', holdSeconds: 15 });
  describeBuying(system);
  describeMarketplace(system);
});
