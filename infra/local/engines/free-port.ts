import { once } from 'node:events';
import { createServer } from 'node:net';

/** A loopback port that nobody listens on right now. Somebody may, a moment later: whoever binds it must be ready to ask again. */
export const freePort = async (): Promise<number> => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no TCP port given');
  return address.port;
};
