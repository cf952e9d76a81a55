import { describe, expect, it } from '@jest/globals';
import * as events from '@ticketing/common/events';
import type { Reaction } from '@ticketing/common/messaging';
import { reactions as ofExpiration } from '../../../expiration/src/reactions.ts';
import { reactions as ofOrders } from '../../../orders/src/reactions.ts';
import { reactions as ofPayments } from '../../../payments/src/reactions.ts';
import { reactions as ofTickets } from '../../../tickets/src/reactions.ts';

/** A table is looked at, and nothing in it is ever done. */
const nothing = {} as never;

const tables: Readonly<Record<string, Reaction[]>> = {
  tickets: ofTickets(nothing),
  orders: ofOrders(nothing),
  payments: ofPayments(nothing),
  expiration: ofExpiration(nothing),
};

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
  it.each(Object.entries(tables))('handles all its types: %s', (_service, table) => {
    const handled = table.map(({ type }) => type);
    expect(handled.length).toBeGreaterThan(0);
    const followed = new Set(handled.map(aggregateOf));
    const wanted = types.filter(({ aggregate }) => followed.has(aggregate)).map(({ type }) => type);
    expect([...handled].sort()).toEqual([...wanted].sort());
  });
});
