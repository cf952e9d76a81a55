import { describe, expect, it } from '@jest/globals';
import { ticketCreated } from '../../src/events/index.ts';
import { on } from '../../src/messaging/index.ts';
import {
  createLogger,
  processSettings,
  readConfig,
  type ServiceParts,
  startService,
} from '../../src/service/index.ts';

const start = (build: Parameters<typeof startService>[0]['build']) =>
  startService({
    name: 'quiet',
    config: readConfig(processSettings, { PORT: '0', LOG_LEVEL: 'silent', NODE_ENV: 'test' }),
    logger: createLogger('quiet', 'silent'),
    build,
  });

describe('a service without events', () => {
  it('needs no broker to start, to be ready and to stop', async () => {
    const service = await start(() => ({}));
    const answer = await fetch(`http://127.0.0.1:${service.port}/readyz`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ready', checks: { state: 'running' } });
    await service.stop();
  });

  it('is told which setting is missing when it wants to publish', async () => {
    await expect(
      start(({ relay }): ServiceParts => {
        relay.start();
        return {};
      }),
    ).rejects.toThrow('quiet has no NATS_URL');
  });

  it('does not start when it has a reaction, which it would never hear', async () => {
    const reactions = [on(ticketCreated, async () => undefined)];
    await expect(start(() => ({ reactions }))).rejects.toThrow('quiet reacts to events and has no NATS_URL');
  });
});
