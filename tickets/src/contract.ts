import { publishes, ticketCreated, ticketUpdated } from '@ticketing/common/events';

/** What this service says. A publish of anything else does not compile. */
export const contract = publishes('tickets', ticketCreated, ticketUpdated);
