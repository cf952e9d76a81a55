/** The servers ticketing.dev runs on, by the names of their executables. */
export type EngineName = 'mongod' | 'nats-streaming-server' | 'nats-server' | 'redis-server';

/** Takes one line about progress, for a person to read. */
export type Report = (line: string) => void;
