import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as events from '@ticketing/common/events';
import { namesOf } from '../../local/services.mjs';
import { root } from '../../local/setup.mjs';
import { sectionOf } from './docs.ts';
import { contractsOf, reactionsOf } from './tables.ts';

/** Every event of the catalogue, with the name that code knows it by. */
const types = Object.entries(events).flatMap(([name, one]) =>
  typeof one === 'object' && one !== null && 'type' in one && 'aggregate' in one
    ? [{ name, type: String(one.type), aggregate: String(one.aggregate) }]
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

  it.each(Object.entries(reactionsOf))(
    'handles all its types (docs/protocol.md, rule 3): %s',
    (_service, table) => {
      const handled = table.map(({ type }) => type);
      const followed = new Set(handled.map(aggregateOf));
      const wanted = types.filter(({ aggregate }) => followed.has(aggregate)).map(({ type }) => type);
      expect([...handled].sort()).toEqual([...wanted].sort());
    },
  );
});

/** All that a service's sources say, but for their imports and its tables of events. */
const sourcesOf = (service: string): string =>
  readdirSync(path.join(root, service, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^(contract|reactions)\.ts$/.test(entry.name))
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
    .replaceAll(/^import .*?;$/gms, '');

describe('an event of the catalogue', () => {
  it.each(types)('is published by one service, which says so in its contract: $type', ({ name, type }) => {
    const publishers = Object.entries(contractsOf)
      .filter(([, contract]) => contract.some((event) => event.type === type))
      .map(([service]) => service);
    expect(publishers).toHaveLength(1);
    const [publisher = ''] = publishers;
    // By a decision that names it, `change(next, thatEvent)`; of an aggregate also by `eventOf`, which names the type under
    // which a state is published again.
    const named = sourcesOf(publisher).matchAll(new RegExp(`\\b${name}\\b`, 'g'));
    const wanted = namesOf({ store: 'mongo' }).includes(publisher) ? 2 : 1;
    expect([...named].length).toBeGreaterThanOrEqual(wanted);
  });
});

/** A cell of the table of services: types, or `order:*` for all of an aggregate. */
const typesIn = (cell: string): string[] =>
  [...cell.matchAll(/`(\w+):(\w+|\*)`/g)]
    .flatMap(([, aggregate, verb]) =>
      types.filter(({ type }) =>
        verb === '*' ? type.startsWith(`${aggregate}:`) : type === `${aggregate}:${verb}`,
      ),
    )
    .map(({ type }) => type)
    .sort();

describe('docs/architecture.md', () => {
  const rows = sectionOf('architecture.md', 'The services').split('\n');

  it.each(namesOf())('says what %s publishes and handles', (service) => {
    const [, , , , publishes = '', handles = ''] =
      rows.find((row) => row.startsWith(`| \`${service}\` |`))?.split('|') ?? [];
    expect(typesIn(publishes)).toEqual((contractsOf[service] ?? []).map(({ type }) => type).sort());
    expect(typesIn(handles)).toEqual((reactionsOf[service] ?? []).map(({ type }) => type).sort());
  });
});
