import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { ticketCreated } from '../../src/events/index.ts';
import { connectBus, transports } from '../../src/messaging/index.ts';
import { aTicketState, eventOf } from '../../src/testing/builders.ts';
import { eventually } from '../../src/testing/eventually.ts';
import { startProcess } from './broker.ts';

const urls = {
  'nats-streaming': process.env.TEST_NATS_STREAMING_URL ?? '',
  jetstream: process.env.TEST_JETSTREAM_URL ?? '',
};

describe.each(transports)('a service that is set to %s', (transport) => {
  it('publishes and hears events', async () => {
    const bus = await connectBus({
      transport,
      url: urls[transport],
      clusterId: 'ticketing',
      clientName: 'connect bus',
    });
    const event = eventOf(ticketCreated, aTicketState());
    const heard: unknown[] = [];
    await bus.subscribe({
      queueGroup: `connect-bus-${process.pid}`,
      types: ['ticket:created'],
      handle: async ({ message }) => void heard.push(message),
      giveUp: async () => {},
    });
    await bus.publish(event);
    await eventually(() => expect(heard).toContainEqual(event));
    await bus.close();
  });

  it('loads the client of no other broker', async () => {
    const child = startProcess('./loaded-clients.ts', { transport, url: urls[transport] });
    const [loaded] = await once(child, 'message');
    expect(loaded).toEqual([transport]);
  });
});
