import { describe, expect, it } from '@jest/globals';
import { connectJetStream } from '../../src/messaging/jetstream/index.ts';
import { serversOf } from '../../src/messaging/jetstream/servers.ts';

describe('the URL of JetStream', () => {
  it.each([
    ['one server', 'nats://a:4222', { servers: ['a:4222'] }],
    ['several', 'nats://a:4222,nats://b:4223', { servers: ['a:4222', 'b:4223'] }],
    ['a user', 'nats://ann:p%40ss@a:4222', { servers: ['a:4222'], user: 'ann', pass: 'p@ss' }],
    ['a token', 'nats://t%2Fken@a:4222', { servers: ['a:4222'], token: 't/ken' }],
    ['TLS', 'tls://a:4222', { servers: ['a:4222'], tls: {} }],
    ['TLS for one of several', 'nats://a:4222,tls://b:4222', { servers: ['a:4222', 'b:4222'], tls: {} }],
  ])('can name %s', (_what, url, options) => {
    expect(serversOf(url)).toEqual(options);
  });

  it.each(['a:4222', 'nats://a:4222,b:4222', 'http://a', 'nats://', ''])(
    'is refused where a server has no URL of NATS: "%s"',
    async (url) => {
      await expect(connectJetStream({ url, stream: 'ticketing', clientName: 'test' })).rejects.toThrow(
        'each server of JetStream must be a URL that begins with nats:// or tls://',
      );
    },
  );

  it('that demands TLS is not answered in the clear', async () => {
    const url = (process.env.TEST_JETSTREAM_URL ?? '').replace('nats:', 'tls:');
    const bus = await connectJetStream({ url, stream: 'ticketing', clientName: 'test' });
    expect(bus.state).toBe('disconnected');
    await bus.close();
  });
});
