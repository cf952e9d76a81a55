import { once } from 'node:events';
import { connect } from 'node:net';
import { type EngineKind, type RunningEngine, type StartOptions, startEngine } from './running-engine.ts';

const ANSWER_MS = 2_000;

const redisServer: EngineKind = {
  name: 'redis-server',
  container: { dataDir: '/data', port: 6379 },
  prepare: async ({ address, dataDir }) => [
    ...['--bind', address.host, '--port', String(address.port), '--dir', dataDir],
    // Each command is in the file before it is answered, so it survives a crash of the server; of a crash of
    // the machine the last second may be lost, which the sweep of orders makes good.
    ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
    // A queue must never forget a job to make room.
    ...['--maxmemory-policy', 'noeviction'],
    ...['--protected-mode', 'no', '--daemonize', 'no'],
  ],
  url: (port) => `redis://127.0.0.1:${port}`,
  probe: async (port) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('no answer')));
    try {
      await once(socket, 'connect');
      // Inline commands (https://redis.io/docs/latest/develop/reference/protocol-spec/#inline-commands). While
      // it reads its file it answers the first with an error.
      socket.write('PING\r\nINFO server\r\n');
      let answer = '';
      for await (const chunk of socket) {
        answer += String(chunk);
        if (answer.startsWith('-')) throw new Error(answer.split('\r\n')[0]);
        const pid = /process_id:(\d+)\r\n/.exec(answer)?.[1];
        if (pid !== undefined) return { pid: Number(pid) };
      }
      throw new Error('the connection was closed');
    } finally {
      socket.destroy();
    }
  },
};

/** Starts a Redis that keeps every job: append-only file, nothing evicted. */
export const startRedis = (options: StartOptions): Promise<RunningEngine> =>
  startEngine(redisServer, options);
