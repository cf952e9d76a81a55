/** The tables of all services, to be looked at only: nothing in them is ever done. */
import { existsSync } from 'node:fs';
import type { Contract, EventType } from '@ticketing/common/events';
import type { Check, Route } from '@ticketing/common/http';
import type { Reaction } from '@ticketing/common/messaging';
import type { Budget, RateLimits } from '@ticketing/common/rate-limits';
import { namesOf } from '../../local/services.mjs';

const nothing = {} as never;

/** The tables of a service: of its `routes.ts`, `reactions.ts` and `contract.ts`. */
interface Tables {
  routes?(use: never, ...more: unknown[]): Route[];
  unguarded?(use: never): Route[];
  reactions?(use: never): Reaction[];
  readonly contract?: Contract;
}

/** One after the other: jest cannot load ES modules that share some at the same time. */
const tablesOf = async (names: readonly string[], file: string): Promise<Map<string, Tables>> => {
  const tables = new Map<string, Tables>();
  for (const name of names) {
    const module = new URL(`../../../${name}/src/${file}.ts`, import.meta.url);
    // A service that handles events need not publish any, nor the other way round.
    if (existsSync(module)) tables.set(name, await import(module.href));
  }
  return tables;
};

const routeTables = await tablesOf(namesOf({ public: true }), 'routes');
const reactionTables = await tablesOf(namesOf({ broker: true }), 'reactions');

/** The types that each service publishes. */
export const contractsOf: Readonly<Record<string, readonly EventType[]>> = Object.fromEntries(
  [...(await tablesOf(namesOf({ broker: true }), 'contract'))].map(([service, { contract }]) => [
    service,
    contract?.events ?? [],
  ]),
);

/** The events that each service handles. */
export const reactionsOf: Readonly<Record<string, readonly Reaction[]>> = Object.fromEntries(
  [...reactionTables].map(([service, { reactions }]) => [service, reactions?.(nothing) ?? []]),
);

/**
 * The routes of all services, each with the name of its service.
 * @param note is told of each limit in them
 */
export const everyRoute = (
  note: (by: 'address' | 'user', budget: Budget) => void = () => {},
): (Route & { readonly service: string })[] => {
  const noting =
    (by: 'address' | 'user') =>
    (budget: Budget): Check => {
      note(by, budget);
      return nothing;
    };
  const limits = { perAddress: noting('address'), perUser: noting('user') } as unknown as RateLimits;
  return [...routeTables].flatMap(([service, { routes, unguarded }]) => {
    const all = [...(routes?.(nothing, limits, nothing) ?? []), ...(unguarded?.(nothing) ?? [])];
    if (all.length === 0) throw new Error(`${service} has no route`);
    return all.map((route) => ({ ...route, service }));
  });
};
