import { describe, expect, it } from '@jest/globals';
import * as events from '@ticketing/common/events';
import { reactionsOf } from './tables.ts';

const types = Object.values(events).flatMap((one) =>
  typeof one === 'object' && one !== null && 'type' in one && 'aggregate' in one
    ? [{ type: String(one.type), aggregate: String(one.aggregate) }]
    : [],
);

const aggregateOf = (type: string) => types.find((one) => one.type === type)?.aggregate;

/**
 * docs/protocol.md, rule 3: an outbox holds the newest event of each type, and a state is republished under its newest type
 * alone. A service that handles only some types of an aggregate would never hear of it again.
 */
describe('a service that follows an aggregate', () => {
  it('is not one alone', () => {
    expect(Object.values(reactionsOf).filter((table) => table.length > 0).length).toBeGreaterThan(3);
  });

  it.each(Object.entries(reactionsOf))('handles all its types: %s', (_service, table) => {
    const handled = table.map(({ type }) => type);
    const followed = new Set(handled.map(aggregateOf));
    const wanted = types.filter(({ aggregate }) => followed.has(aggregate)).map(({ type }) => type);
    expect([...handled].sort()).toEqual([...wanted].sort());
  });
});
