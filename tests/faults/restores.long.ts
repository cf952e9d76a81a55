/** A database that was lost and restored from a backup (docs/protocol.md, rule 8): who had paid keeps the ticket. */
import { it } from '@jest/globals';
import { expectNothingViolatedByRestore } from '../nemesis/in-test.ts';

const TEST_MS = 900_000;
const restore = { moment: 'during', openMs: 20_000 } as const;

it.each(['jetstream', 'nats-streaming'] as const)(
  'over %s, orders takes back what was ordered since its backup, and sells no ticket a second time',
  async (transport) => expectNothingViolatedByRestore({ ...restore, service: 'orders', transport }),
  TEST_MS,
);

it(
  'tickets takes back what was put up and changed since its backup, and who holds or has bought each ticket',
  async () => expectNothingViolatedByRestore({ ...restore, service: 'tickets', transport: 'nats-streaming' }),
  TEST_MS,
);

it(
  'payments takes back from Stripe what was paid since its backup: what is sold is charged, and nothing else',
  async () => expectNothingViolatedByRestore({ ...restore, service: 'payments', transport: 'jetstream' }),
  TEST_MS,
);
