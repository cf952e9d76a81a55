import type { ServiceDeps } from '@ticketing/common/service';
import { watchStore } from '@ticketing/common/store';
import { Redis } from 'ioredis';

/** Pauses between two tries to connect grow to this, in milliseconds. */
const LONGEST_PAUSE_MS = 2_000;

/**
 * Connections to one Redis, which come back by themselves. A command given while it is away waits for it: a reaction
 * then waits too, and its event is acknowledged only after it took effect.
 */
export const openRedis = (url: string, logger: ServiceDeps['logger']) => {
  const connections: Redis[] = [];
  let closed = false;

  /** @param checkReady after a restart Redis refuses commands until it has read its file; wait for that */
  const connect = (checkReady: boolean): Redis => {
    const redis = new Redis(url, {
      maxRetriesPerRequest: null,
      enableReadyCheck: checkReady,
      // Of a socket that does not end by itself; its timer would keep the process for 2 s.
      disconnectTimeout: 500,
      // Bull connects its own anew while it closes.
      retryStrategy: (tries) => (closed ? null : Math.min(50 * 2 ** Math.min(tries, 10), LONGEST_PAUSE_MS)),
    });
    // Without a listener it would be printed; without the message nobody would know why nothing happens.
    redis.on('error', (error) => logger.warn({ err: error }, 'trouble with the connection to Redis'));
    connections.push(redis);
    return redis;
  };

  const commands = connect(true);
  const store = watchStore(() => commands.ping());
  return {
    /** For commands that are answered at once. */
    commands,
    /** One more connection, for commands that block, or for messages of Redis; Bull wants them without the check. */
    connect: () => connect(false),
    /** Whether it answers: a server that hangs stays connected. */
    isReady: (): boolean => commands.status === 'ready' && store.isWell(),
    /** Ends every connection; what still waits for an answer rejects. */
    close(): void {
      closed = true;
      store.stop();
      for (const redis of connections) redis.disconnect();
    },
  };
};

export type RedisConnections = ReturnType<typeof openRedis>;
