import type { Budget } from '@ticketing/common/rate-limits';

const MINUTE = 60;

/** Accounts made from one address: a school or an office may share one. */
export const signUps: Budget = { name: 'sign up', points: 100, seconds: 60 * MINUTE };
/** Tries to sign in from one address, whoever's account. */
export const signIns: Budget = { name: 'sign in', points: 100, seconds: 5 * MINUTE };
/** Tries at one account, from wherever, until one of them is right. */
export const accountTries: Budget = { name: 'account', points: 10, seconds: 15 * MINUTE };
/** Tries to open one account, from wherever; only one can succeed, so nobody needs many. */
export const accountSignUps: Budget = { name: 'sign up account', points: 10, seconds: 60 * MINUTE };
