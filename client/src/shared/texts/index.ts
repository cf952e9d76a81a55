/** Every word of the shop, by page; a second language is a second set of the same shape. */
import { community } from './community.ts';
import { orders } from './orders.ts';
import { payments } from './payments.ts';
import { people } from './people.ts';
import { reports } from './reports.ts';
import { selling } from './selling.ts';
import { session } from './session.ts';
import { shop } from './shop.ts';
import { tickets } from './tickets.ts';

export const texts = {
  community,
  orders,
  payments,
  people,
  reports,
  selling,
  session,
  shop,
  tickets,
};
