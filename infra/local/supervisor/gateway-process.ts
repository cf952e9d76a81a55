import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ErrorAnswer } from '../gateway/answer.ts';
import type { GatewayMessage } from '../gateway/main.ts';
import type { Child } from './child.ts';
import { inherited } from './environment.ts';
import type { ServiceRow } from './services.ts';
import type { Settings } from './settings.ts';
import { StartRefused } from './start-refused.ts';
import { PortLost, type SupervisedOptions, type SupervisedProcess } from './supervised.ts';

const LOCAL = fileURLToPath(new URL('..', import.meta.url));
const INGRESS = path.resolve(LOCAL, '../k8s/base/ingress.yaml');

/** How the gateway is run; see gateway/main.ts for why it is a process of its own. */
export const gatewayProcess = (given: {
  readonly settings: Settings;
  readonly port: number;
  readonly rows: readonly ServiceRow[];
  readonly instances: ReadonlyMap<string, readonly SupervisedProcess[]>;
}): Pick<SupervisedOptions, 'args' | 'cwd' | 'env' | 'ipc' | 'ready'> => {
  const { settings, port, rows, instances } = given;
  const upstreams = Object.fromEntries(
    [...instances].map(([service, replicas]) => [service, replicas.map(({ url }) => url)]),
  );
  const localRoutes = rows.flatMap(({ name, localPath }) =>
    localPath === undefined ? [] : [{ path: localPath, pathType: 'Prefix', service: name }],
  );
  return {
    args: ['--import', 'tsx', path.join(LOCAL, 'gateway/main.ts')],
    cwd: LOCAL,
    env: {
      ...inherited(),
      PORT: String(port),
      LOG_LEVEL: settings.logLevel,
      COOKIE_SECURE: settings.cookieSecure ? 'on' : 'off',
      INGRESS,
      GATEWAY_UPSTREAMS: JSON.stringify(upstreams),
      GATEWAY_ROUTES: JSON.stringify(localRoutes),
      GATEWAY_SOCKETS: settings.dev ? 'on' : 'off',
      GATEWAY_ABSENT: JSON.stringify(settings.client ? {} : { client: withoutClient }),
    },
    ipc: true,
    ready: (child, signal) => listening(child, port, signal),
  };
};

const withoutClient: ErrorAnswer = {
  status: 404,
  message: 'Not found: the client is not part of this run (--no-client)',
  code: 'not_found',
};

const listening = (child: Child, port: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the gateway is not waited for any longer')), {
      once: true,
    });
    child.onMessage((message) => {
      const said = message as GatewayMessage;
      if ('listening' in said) resolve();
      else if (said.code === 'EADDRINUSE') reject(new PortLost(portTaken(port)));
      else reject(new StartRefused(`The gateway cannot listen on port ${port}: ${said.failed}`));
    });
  });

/** The port that the person chose, or left at 3000, is somebody else's. */
export const portTaken = (port: number): string =>
  `Port ${port} is taken by another program.\n` +
  `Stop that one, or give another port: PORT=${port + 1} npm start`;

/** Why a port cannot be had, in words for the person who chose it. */
export const portRefusal = (port: number, error: unknown): StartRefused => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return new StartRefused(portTaken(port));
  if (code === 'EACCES') {
    return new StartRefused(
      `Port ${port} needs more rights than you have. Give one above 1023: PORT=3000 npm start`,
    );
  }
  return new StartRefused(`Port ${port} cannot be had: ${error instanceof Error ? error.message : error}`);
};
