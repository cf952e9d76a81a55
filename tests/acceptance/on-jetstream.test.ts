import { beforeAll, describe, expect, it } from '@jest/globals';
import { describeBuying } from '../support/buying.ts';
import { type LoggedCommand, recordCommands } from '../support/commands.ts';
import { describeMarketplace } from '../support/marketplace.ts';
import { withDatabase } from '../support/system.ts';
import { systemOfFile } from '../support/system-of-file.ts';

// What BASE_URL names has a broker already, and its own tests: those beside this file.
const here = process.env.BASE_URL ? describe.skip : describe;

const nameOf = ({ command }: LoggedCommand): string => Object.keys(command)[0] ?? '';
const READS = new Set(['find', 'aggregate', 'count', 'distinct']);
const WRITES = new Set(['insert', 'update', 'delete', 'findAndModify']);

/** The counters of the rate limits: whatever becomes of them, nothing is lost. */
const isCounter = ({ ns }: LoggedCommand): boolean => ns.endsWith('.rate_limits');
/** The relay takes out of an outbox what it has published; if that is lost, it is published once more. */
const isRemoval = (logged: LoggedCommand): boolean =>
  nameOf(logged) === 'update' && logged.writeConcern?.w === 1;

here('over JetStream', () => {
  const system = systemOfFile({ transport: 'jetstream', holdSeconds: 15 });
  let record: Awaited<ReturnType<typeof recordCommands>>;
  beforeAll(async () => {
    const { own } = system();
    if (own === undefined) throw new Error('the system is ours');
    record = await recordCommands(own);
  });
  describeBuying(system);
  describeMarketplace(system);

  // docs/protocol.md, rule 1.
  describe('of all that the services have asked their databases meanwhile', () => {
    it('nothing was read that a majority does not have, and nothing decided by a write of fewer', async () => {
      const all = await record.commands();
      const asked = all.filter((logged) => !isCounter(logged));
      const reads = asked.filter((logged) => READS.has(nameOf(logged)));
      const writes = asked.filter((logged) => WRITES.has(nameOf(logged)));
      expect(reads.filter(({ readConcern }) => readConcern?.level !== 'majority')).toEqual([]);
      const lesser = writes.filter(({ writeConcern: { w, j } = {} }) => w !== 'majority' || j !== true);
      expect(lesser.filter((logged) => !isRemoval(logged))).toEqual([]);
      // All of the services, and each kind of command, were seen.
      const seen = new Set(asked.map((logged) => `${logged.ns.split('.', 1)[0]} ${nameOf(logged)}`));
      expect([...seen]).toEqual(
        expect.arrayContaining(
          withDatabase.flatMap((name) => [`${name} find`, `${name} insert`, `${name} update`]),
        ),
      );
      expect(lesser.length).toBeGreaterThan(0);
    });
  });
});
