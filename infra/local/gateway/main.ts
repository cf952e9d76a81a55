/**
 * The gateway as a process of its own: the supervisor formats logs and watches everything, and should not do so
 * between a visitor and a service; and when either of the two falls over, the other one is there to say so.
 *
 * Settings, in the environment: PORT; INGRESS, the manifest's path; GATEWAY_ROUTES, GATEWAY_UPSTREAMS and
 * GATEWAY_ABSENT (JSON, see `GatewayOptions`), the routes being those that only this machine has; GATEWAY_SOCKETS
 * (on or off); COOKIE_SECURE. Started with an IPC channel, it tells the port it listens on.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { pino } from 'pino';
import { createGateway, type GatewayOptions } from './gateway.ts';
import { readRoutes } from './read-routes.ts';
import type { Route } from './routes.ts';

/** What the supervisor hears from us. */
export type GatewayMessage = { listening: number } | { failed: string; code: string };

const STOP_MS = 10_000;

const logger = pino({ level: process.env.LOG_LEVEL || 'info', base: { service: 'gateway' } });
const tell = (message: GatewayMessage): void => {
  if (process.connected) process.send?.(message);
};

const json = <T>(name: string, otherwise: T): T => {
  const value = process.env[name];
  return value ? JSON.parse(value) : otherwise;
};
const manifest = readFileSync(process.env.INGRESS ?? '', 'utf8');

const gateway = createGateway({
  routes: [...readRoutes(manifest), ...json<readonly Route[]>('GATEWAY_ROUTES', [])],
  upstreams: json<GatewayOptions['upstreams']>('GATEWAY_UPSTREAMS', {}),
  absent: json<NonNullable<GatewayOptions['absent']>>('GATEWAY_ABSENT', {}),
  sockets: process.env.GATEWAY_SOCKETS === 'on',
  // Whoever asks for secure cookies has something in front that ends TLS.
  proto: process.env.COOKIE_SECURE === 'on' ? 'https' : 'http',
  onChange: (service, state, why) => {
    if (state === 'away') logger.warn({ why }, `${service} cannot be reached`);
    else logger.info(`${service} answers again`);
  },
});

const stop = async (): Promise<void> => {
  logger.info('accepting no more requests');
  await gateway.stop(STOP_MS);
  process.exit(0);
};
process.once('SIGTERM', () => void stop());
// The supervisor is gone: so is what we are for.
process.once('disconnect', () => void stop());

try {
  const port = await gateway.listen(Number(process.env.PORT));
  logger.info({ port }, 'listening');
  tell({ listening: port });
} catch (error) {
  const failed = error instanceof Error ? error.message : String(error);
  logger.fatal({ err: error }, 'could not listen');
  tell({ failed, code: error instanceof Error && 'code' in error ? String(error.code) : '' });
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}
