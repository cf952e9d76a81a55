import { expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { CloudEvent } from '../../src/events/index.ts';
import { connectJetStream } from '../../src/messaging/jetstream/index.ts';
import { newId } from '../../src/testing/builders.ts';
import { eventually } from '../../src/testing/eventually.ts';

it('a queue group that somebody deleted on the server begins again with the oldest event', async () => {
  const url = process.env.TEST_JETSTREAM_URL ?? '';
  const stream = `stream-${newId()}`;
  const bus = await connectJetStream({ url, stream, clientName: 'test' });
  const connection = await connect({ servers: new URL(url).host });
  const jsm = await jetstreamManager(connection);
  const heard: string[] = [];
  await bus.subscribe({
    queueGroup: 'orders',
    types: ['ticket:created'],
    handle: async ({ message }) => void heard.push((message as CloudEvent).id),
    giveUp: async () => {},
  });
  const publish = (id: string) => bus.publish({ id, type: 'ticket:created' } as CloudEvent);
  await publish('1');
  await eventually(() => expect(heard).toEqual(['1']));
  await jsm.consumers.delete(stream, 'orders--ticket-created');
  await publish('2');
  await eventually(() => expect(heard.sort()).toEqual(['1', '1', '2']));
  await bus.close();
  await jsm.streams.delete(stream);
  await connection.close();
});
