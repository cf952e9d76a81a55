import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { expectEndedAfterBroker, openHolds } from '../support/holds.ts';
import { type OwnSystem, ownSystem } from '../support/system.ts';

const START_MS = 300_000;
const TEST_MS = 180_000;

let system: OwnSystem;
beforeAll(async () => {
  system = await ownSystem({ transport: 'jetstream', holdSeconds: 6 });
}, START_MS);
afterAll(() => system?.end(), START_MS);

describe('over JetStream, every hold ends within the hold plus 5 seconds, and the ticket is on sale again,', () => {
  it(
    'when the broker is down for 20 seconds at the moment it is over',
    async () => expectEndedAfterBroker(system, await openHolds(system.baseUrl)),
    TEST_MS,
  );
});
