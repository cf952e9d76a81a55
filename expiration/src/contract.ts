import { expirationComplete, publishes } from '@ticketing/common/events';

/** What this service says: only that a hold's time is over by its clock. Orders decides by its own. */
export const contract = publishes('expiration', expirationComplete);
