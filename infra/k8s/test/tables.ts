/** The tables of all services, to be looked at only: nothing in them is ever done. */
import type { Check, Route } from '@ticketing/common/http';
import type { Reaction } from '@ticketing/common/messaging';
import type { Budget, RateLimits } from '@ticketing/common/rate-limits';
import * as auth from '../../../auth/src/routes.ts';
import * as expirationReactions from '../../../expiration/src/reactions.ts';
import * as ordersReactions from '../../../orders/src/reactions.ts';
import * as orders from '../../../orders/src/routes.ts';
import * as paymentsReactions from '../../../payments/src/reactions.ts';
import * as payments from '../../../payments/src/routes.ts';
import * as ticketsReactions from '../../../tickets/src/reactions.ts';
import * as tickets from '../../../tickets/src/routes.ts';

const nothing = {} as never;

/** The events that each service handles. */
export const reactionsOf: Readonly<Record<string, readonly Reaction[]>> = {
  tickets: ticketsReactions.reactions(nothing),
  orders: ordersReactions.reactions(nothing),
  payments: paymentsReactions.reactions(nothing),
  expiration: expirationReactions.reactions(nothing),
};

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
  const routesOf: Readonly<Record<string, readonly Route[]>> = {
    auth: auth.routes(nothing, limits),
    tickets: tickets.routes(nothing, limits),
    orders: orders.routes(nothing, limits),
    payments: [...payments.routes(nothing, nothing, limits), ...payments.unguarded(nothing)],
  };
  return Object.entries(routesOf).flatMap(([service, routes]) => {
    if (routes.length === 0) throw new Error(`${service} has no route`);
    return routes.map((route) => ({ ...route, service }));
  });
};
