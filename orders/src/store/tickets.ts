import type { TicketState } from '@ticketing/common/events';
import { replicaOf } from '@ticketing/common/replica';
import type { ServiceDeps } from '@ticketing/common/service';

/** What tickets says of its tickets. Who has one is never read from here: that is for the orders to say. */
export const openTicketReplica = ({ mongo }: Pick<ServiceDeps, 'mongo'>) =>
  replicaOf<TicketState>(mongo, 'tickets');

export type TicketReplica = ReturnType<typeof openTicketReplica>;
