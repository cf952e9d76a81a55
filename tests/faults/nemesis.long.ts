/** More of the nemesis (docs/faults.md) than every day, and over the other broker as well. */
import { it } from '@jest/globals';
import { expectNothingViolated } from '../nemesis/in-test.ts';

const TEST_MS = 900_000;

it.each(['jetstream', 'nats-streaming'] as const)(
  'over %s, nothing that was promised is violated in two and a half minutes of people and faults',
  async (transport) => expectNothingViolated({ transport, openMs: 150_000 }),
  TEST_MS,
);
