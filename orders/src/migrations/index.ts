/** What brings stored orders of older versions into the form of this one, in order; README, "Add a field". */
import { dateAndPlace } from './0001-date-and-place.ts';

export const migrations = [dateAndPlace];
