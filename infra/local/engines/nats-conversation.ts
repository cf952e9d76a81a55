import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const ANSWER_MS = 2_000;

/**
 * Connects to a NATS server, says who it is, and asks one question (an empty request on `subject`); resolves
 * with the server's name once an answer has come. Rejects when there is none within 2 s. Written on the socket,
 * because it has to work with the servers of both transports and no client library does.
 *
 * Protocol: https://docs.nats.io/reference/reference-protocols/nats-protocol
 */
export const askNats = async (port: number, subject: string): Promise<{ serverName: string }> => {
  const socket = connect({ host: '127.0.0.1', port });
  socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(`no answer on ${subject}`)));
  try {
    await once(socket, 'connect');
    let serverName = '';
    for await (const line of createInterface({ input: socket })) {
      if (line.startsWith('INFO ')) {
        const info: { server_name?: string } = JSON.parse(line.slice('INFO '.length));
        serverName = info.server_name ?? '';
        const inbox = `_INBOX.ready.${process.pid}.${Date.now()}`;
        const greeting = { verbose: false, pedantic: false, headers: true, no_responders: true, protocol: 1 };
        socket.write(
          `CONNECT ${JSON.stringify(greeting)}\r\nSUB ${inbox} 1\r\nPUB ${subject} ${inbox} 0\r\n\r\n`,
        );
      }
      if (line.startsWith('PING')) socket.write('PONG\r\n');
      if (line.startsWith('-ERR')) throw new Error(line);
      // Headers on an empty answer: nobody listens on the subject yet.
      if (line.startsWith('HMSG ')) throw new Error(`nobody answers on ${subject}`);
      if (line.startsWith('MSG ')) return { serverName };
    }
    throw new Error('the connection was closed');
  } finally {
    socket.destroy();
  }
};
