import { paymentAuthorized, paymentCreated, paymentFailed, publishes } from '@ticketing/common/events';

/** What this service says. A publish of anything else does not compile. */
export const contract = publishes('payments', paymentAuthorized, paymentCreated, paymentFailed);
