import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly signature: string;
  readonly at: number;
}

/** The shop's end of a webhook: notes what comes, and answers what it is told to. */
export class Receiver {
  readonly received: Received[] = [];
  /** The status of each answer; the last one stays. */
  statuses: number[] = [200];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const { id, type }: { id: string; type: string } = JSON.parse(body);
        this.received.push({
          id,
          type,
          body,
          signature: String(request.headers['stripe-signature']),
          at: Date.now(),
        });
        response.statusCode = (this.statuses.length > 1 ? this.statuses.shift() : this.statuses[0]) ?? 200;
        response.end();
      });
    });
  }

  async listen(port = 0): Promise<string> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/payments/webhook`;
  }

  /** Types in the order in which they came. */
  get types(): string[] {
    return this.received.map(({ type }) => type);
  }

  forget(): void {
    this.received.length = 0;
    this.statuses = [200];
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
