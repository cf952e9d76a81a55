/** Time is passed in, so that decisions are pure and tests need no sleeping. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
