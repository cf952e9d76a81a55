import type { Deps } from './deps.ts';

/**
 * Takes tickets whose event has begun out of the indexes of what is on sale. Lists leave them out all the same, to the
 * second; this keeps lists from having to step over them. Nothing of a ticket's state changes, so nobody is told.
 */
export const unlistStartedTickets =
  ({ tickets, clock }: Deps) =>
  (): Promise<number> =>
    tickets.unlistStarted(clock.now());
