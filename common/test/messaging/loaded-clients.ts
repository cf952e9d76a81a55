/** Connects a bus, or a watch, in a process of its own, and tells which brokers' clients that has loaded. */
import { createRequire } from 'node:module';
import { connectBus, watchBroker } from '../../src/messaging/index.ts';

const { watch, ...settings } = JSON.parse(process.argv[2] ?? '');
const connected = watch
  ? await watchBroker({ ...settings, clusterId: 'ticketing' })
  : await connectBus({ ...settings, clusterId: 'ticketing', clientName: 'loaded-clients' });
await connected.close();

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
