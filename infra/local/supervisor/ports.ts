import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below the ports that systems hand out for outgoing connections (from 32768 on Linux, 49152 elsewhere): one of
 * those could be taken by any connection of anybody between our asking and a service's binding.
 */
const [FIRST, LAST] = [20_000, 32_000];
const TRIES = 200;

export interface HeldPorts {
  readonly ports: readonly number[];
  /** To be called right before they are bound. */
  release(): Promise<void>;
}

/** Loopback ports that nobody has, held so that another run that asks meanwhile gets others. */
export const holdPorts = async (count: number): Promise<HeldPorts> => {
  const held: { port: number; server: Server }[] = [];
  for (let tries = 0; held.length < count; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    try {
      held.push({ port, server: await bind(port) });
    } catch (error) {
      if (tries === TRIES * count) throw error;
    }
  }
  return {
    ports: held.map(({ port }) => port),
    release: async () => {
      await Promise.all(held.splice(0).map(({ server }) => close(server)));
    },
  };
};

/** Whether we could listen there now; rejects with the reason why not. */
export const assertFree = async (port: number): Promise<void> => close(await bind(port));

const bind = async (port: number): Promise<Server> => {
  const server = createServer();
  server.listen({ port, host: '127.0.0.1', exclusive: true });
  await once(server, 'listening');
  return server;
};

const close = async (server: Server): Promise<void> => {
  server.close();
  await once(server, 'close');
};
