import type { Check, Route } from '@ticketing/common/http';
import type { Budget, RateLimits } from '@ticketing/common/rate-limits';
import { routes as ofAuth } from '../../../auth/src/routes.ts';
import { routes as ofOrders } from '../../../orders/src/routes.ts';
import { routes as ofPayments, unguarded } from '../../../payments/src/routes.ts';
import { routes as ofTickets } from '../../../tickets/src/routes.ts';

/** A table is looked at, and nothing in it is ever done. */
const nothing = {} as never;

/**
 * The routes of all services, to be looked at only: their use cases are not there.
 * @param note is told of each limit in them
 */
export const everyRoute = (note: (by: 'address' | 'user', budget: Budget) => void = () => {}): Route[] => {
  const noting =
    (by: 'address' | 'user') =>
    (budget: Budget): Check => {
      note(by, budget);
      return nothing;
    };
  const limits = { perAddress: noting('address'), perUser: noting('user') } as unknown as RateLimits;
  const tables = [
    ofAuth(nothing, limits),
    ofTickets(nothing, limits),
    ofOrders(nothing, limits),
    [...ofPayments(nothing, nothing, limits), ...unguarded(nothing)],
  ];
  if (tables.some((table) => table.length === 0)) throw new Error('a service has no route');
  return tables.flat();
};
