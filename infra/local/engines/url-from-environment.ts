/** What an engine is to the services. */
export type Service = 'mongo' | 'nats-streaming' | 'jetstream' | 'redis';

/**
 * The address of a server that the person running us wants to be used, so that none is started. `NATS_URL`
 * means a server of the transport that `TRANSPORT` names (`nats-streaming` unless it says `jetstream`).
 */
export const urlFromEnvironment = (
  service: Service,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined => {
  switch (service) {
    case 'mongo':
      return env.MONGO_URL || undefined;
    case 'redis':
      return env.REDIS_URL || undefined;
    default:
      return (env.TRANSPORT || 'nats-streaming') === service ? env.NATS_URL || undefined : undefined;
  }
};
