/** Connects a bus in a process of its own, and tells which brokers' clients that has loaded. */
import { createRequire } from 'node:module';
import { connectBus } from '../../src/messaging/index.ts';

const settings = JSON.parse(process.argv[2] ?? '');
const bus = await connectBus({ ...settings, clusterId: 'ticketing', clientName: 'loaded-clients' });
await bus.close();

const files = Object.keys(createRequire(import.meta.url).cache);
const clients = {
  'nats-streaming': '/node_modules/node-nats-streaming/',
  jetstream: '/node_modules/@nats-io/',
};
process.send?.(
  Object.entries(clients).flatMap(([name, folder]) =>
    files.some((file) => file.includes(folder)) ? [name] : [],
  ),
);
process.disconnect?.();
