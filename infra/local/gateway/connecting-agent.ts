import { Agent, type ClientRequestArgs } from 'node:http';
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';

/**
 * Keeps connections alive, and hands a request a new one only once it is established. So a request to a service
 * that is away fails before the first byte of its body was read, and can go to another replica, a POST too. A
 * connection that nobody needs for `idleMs` is let go, sooner if the service announces that it keeps it for less: who
 * waits for the service to close it may send a request on it in that moment, and a POST could not be sent again.
 */
export class ConnectingAgent extends Agent {
  constructor(idleMs: number) {
    super({ keepAlive: true, timeout: idleMs, maxFreeSockets: 64, scheduling: 'lifo' });
  }

  override createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, socket: Socket) => void,
  ): undefined {
    const socket = connect({ ...(options as TcpNetConnectOpts), noDelay: true });
    const refused = (error: Error) => {
      socket.off('connect', established);
      callback?.(error, socket);
    };
    const established = () => {
      socket.off('error', refused);
      callback?.(null, socket);
    };
    socket.once('error', refused).once('connect', established);
    return undefined;
  }
}
