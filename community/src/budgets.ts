import type { Budget } from '@ticketing/common/rate-limits';

const anHour = (name: string, points: number): Budget => ({ name, points, seconds: 3_600 });

/** What one person may do. */
export const perPerson = {
  profile: anHour('change profile', 60),
  posts: anHour('write posts', 10),
  comments: anHour('write comments', 60),
  changes: anHour('change posts', 120),
  likes: anHour('like', 300),
  follows: anHour('follow', 100),
  blocks: anHour('block', 100),
  reports: anHour('report', 20),
} as const;

/** A network has twenty times that: a household or an office, but no farm of accounts. */
const NETWORK = 20;

/** The same of all people of one network. */
export const ofNetwork = ({ name, points, seconds }: Budget): Budget => ({
  name: `${name}, all together`,
  points: points * NETWORK,
  seconds,
});
