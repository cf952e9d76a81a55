/** Brokers a test can kill, and members of queue groups it can kill and freeze. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { jetstream } from '@nats-io/jetstream';
import { connect as connectNats } from '@nats-io/transport-node';
import { CLUSTER_ID, type RunningEngine, startJetStream, startNatsStreaming } from '@ticketing/local/engines';
import { connect as connectStan } from 'node-nats-streaming';
import type { EventBus } from '../../src/messaging/index.ts';
import { connectMemory, MemoryBroker } from '../../src/messaging/memory/index.ts';
import { type Address, connectTo, type Tuning } from './address.ts';
import type { Adapter } from './promises.ts';

/** A member of a queue group that begins to handle every event and never finishes one. */
export interface HoldingMember {
  /** Ids of the events it has begun to handle. */
  readonly holds: string[];
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Stops it from doing anything, without ending it. */
  freeze(): void;
}

export interface Broker {
  readonly adapter: Adapter;
  /** After which the server gives what was not acknowledged to another member. */
  readonly ackWaitMs: number;
  connect(tuning?: Tuning): Promise<EventBus>;
  /** Publishes any text, as somebody who does not use our bus might. */
  publishText(type: string, text: string): Promise<void>;
  hold(queueGroup: string, type: string): Promise<HoldingMember>;
  /** As a crash would. */
  kill(): Promise<void>;
  /** On the same data; without effect while it runs. */
  restart(): Promise<void>;
  /** It keeps its connections and answers nothing, until it is thawed or killed. */
  freeze(): void;
  thaw(): void;
  /** For good. */
  stop(): Promise<void>;
}

const ACK_WAIT_MS = 2_000;

/**
 * So that a holding member loses what it has by its end alone. The server of NATS Streaming finds out about that by
 * itself, long before this is over; with JetStream it is the member's own heartbeat that keeps its messages.
 */
const HOLDING = { 'nats-streaming': { ackWaitMs: 600_000 }, jetstream: {} };

/** A process of its own that runs a file of this folder in TypeScript, and ends with us. */
export const startProcess = (file: string, settings: object) =>
  fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(settings)], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    execArgv: ['--import', 'tsx', '--conditions=ticketing-source'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });

const holdIn = async (address: Address, queueGroup: string, type: string): Promise<HoldingMember> => {
  const child = startProcess('./holding-member.ts', { address, queueGroup, type });
  const ended = once(child, 'exit');
  const holds: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.on('message', (told: { ready: true } | { holds: string }) => {
      if ('ready' in told) resolve();
      else holds.push(told.holds);
    });
    child.once('exit', (code) => reject(new Error(`the member ended with ${code}`)));
  });
  return {
    holds,
    freeze: () => void child.kill('SIGSTOP'),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

const publishTextTo = {
  'nats-streaming': async (url: string, type: string, text: string) => {
    const stan = connectStan(CLUSTER_ID, `test-${process.pid}-${Math.random().toString(36).slice(2)}`, {
      url,
    });
    await once(stan, 'connect');
    await new Promise<void>((resolve, reject) => {
      stan.publish(type, text, (error) => (error ? reject(error) : resolve()));
    });
    const closed = once(stan, 'close');
    stan.close();
    await closed;
  },
  jetstream: async (url: string, type: string, text: string) => {
    const connection = await connectNats({ servers: new URL(url).host });
    await jetstream(connection).publish(`${CLUSTER_ID}.${type}`, text);
    await connection.close();
  },
};

/** A server of its own, on fresh data. */
export const startRealBroker = async (
  adapter: 'nats-streaming' | 'jetstream',
): Promise<Broker & { readonly address: Address; readonly monitorUrl: string | undefined }> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'ticketing-broker-'));
  const start = adapter === 'jetstream' ? startJetStream : startNatsStreaming;
  const engine: RunningEngine = await start({ dataDir: folder });
  const address: Address = { adapter, url: engine.url, clusterId: CLUSTER_ID, ackWaitMs: ACK_WAIT_MS };
  let runs = true;
  return {
    adapter,
    address,
    monitorUrl: engine.monitorUrl,
    ackWaitMs: ACK_WAIT_MS,
    connect: (tuning) => connectTo(address, 'conformance', tuning),
    publishText: (type, text) => publishTextTo[adapter](engine.url, type, text),
    hold: (queueGroup, type) => holdIn({ ...address, ...HOLDING[adapter] }, queueGroup, type),
    async kill() {
      runs = false;
      await engine.kill();
    },
    async restart() {
      if (runs) return;
      await engine.restart();
      runs = true;
    },
    freeze: () => void process.kill(engine.pid, 'SIGSTOP'),
    thaw: () => void process.kill(engine.pid, 'SIGCONT'),
    async stop() {
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export const startMemoryBroker = async (): Promise<Broker> => {
  const broker = new MemoryBroker({ ackWaitMs: ACK_WAIT_MS });
  return {
    adapter: 'memory',
    ackWaitMs: ACK_WAIT_MS,
    connect: async () => connectMemory({ broker }),
    publishText: async (type, text) => broker.store(type, text),
    async hold(queueGroup, type) {
      const bus = connectMemory({ broker });
      const holds: string[] = [];
      await bus.subscribe({
        queueGroup,
        types: [type],
        async handle({ message }) {
          holds.push((message as { id: string }).id);
          await new Promise(() => {});
        },
        giveUp: async () => {},
      });
      // It hangs already: none of its handlers ever ends.
      return { holds, kill: () => bus.close(), freeze: () => {} };
    },
    kill: async () => broker.goAway(),
    restart: async () => broker.comeBack(),
    freeze: () => {},
    thaw: () => {},
    stop: async () => broker.goAway(),
  };
};
