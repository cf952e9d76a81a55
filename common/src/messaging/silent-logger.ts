import type { BusLogger } from './event-bus.ts';

const say = () => {};

/** For callers that gave no logger. */
export const silentLogger: BusLogger = { debug: say, info: say, warn: say, error: say };
