/** A minute of the nemesis (docs/faults.md): whatever fails, what was promised holds. */
import { it } from '@jest/globals';
import { expectNothingViolated } from '../nemesis/in-test.ts';

const TEST_MS = 600_000;

it(
  'a crowd buys and sells while everything fails by turns, and nothing that was promised is violated',
  async () => expectNothingViolated({ transport: 'nats-streaming', openMs: 60_000 }),
  TEST_MS,
);
