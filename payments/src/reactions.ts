import { orderCancelled, orderCompleted, orderCreated } from '@ticketing/common/events';
import { on, type Reaction } from '@ticketing/common/messaging';
import type { UseCases } from './use-cases/index.ts';

/** What it hears, and the use case that answers. */
export const reactions = (use: UseCases): Reaction[] => [
  on(orderCreated, use.rememberOrder),
  on(orderCancelled, use.rememberOrder),
  on(orderCompleted, use.rememberOrder),
];
