import type { TicketState } from '@ticketing/common/events';
import { replicaOf } from '@ticketing/common/replica';
import type { ServiceDeps } from '@ticketing/common/service';

/** What tickets says of its tickets. Who has one is never read from here: that is for the orders to say. */
export const openTicketReplica = ({ mongo }: Pick<ServiceDeps, 'mongo'>) =>
  replicaOf<TicketState>(mongo, 'tickets', {
    userId: { type: String, required: true },
    title: { type: String, required: true },
    price: { amount: { type: Number, required: true }, currency: { type: String, required: true } },
    listed: { type: Boolean, required: true },
    status: { type: String, required: true },
    orderId: { type: String },
    reservedUntil: { type: String },
    startsAt: { type: String },
    place: { type: String },
  });

export type TicketReplica = ReturnType<typeof openTicketReplica>;
