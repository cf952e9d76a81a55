import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '@ticketing/common/clock';
import { createLogger, startService } from '@ticketing/common/service';
import { standIn } from './stand-in.ts';

export type { ListedPayment } from './control/control.ts';

export interface StartOptions {
  /** Where its payments are kept; a folder of its own that goes with it, where it is not given. */
  readonly dataDir?: string;
  /** Any free one, where it is not given. */
  readonly port?: number;
  /** Where a browser reaches it, where that is not its own address. */
  readonly publicBase?: string;
  /** Where events are delivered, and the secret (`whsec_…`) that signs them. */
  readonly webhook?: { readonly url: string; readonly secret: string };
  readonly firstRetryMs?: number;
  readonly clock?: Clock;
}

export interface RunningStandIn {
  /** What `STRIPE_API_BASE` is to be: `http://127.0.0.1:4242`. */
  readonly url: string;
  readonly paymentsUrl: string;
  readonly controlUrl: string;
  /** Any `sk_test_` and `pk_test_` key would do. */
  readonly secretKey: string;
  readonly publishableKey: string;
  stop(): Promise<void>;
}

/** Starts a stand-in inside this process, on loopback; for tests. */
export const startStandIn = async (options: StartOptions = {}): Promise<RunningStandIn> => {
  const folder = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'ticketing-stripe-')));
  let url = '';
  const config = {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: options.port ?? 0,
    LOG_LEVEL: 'silent',
    STOP_SECONDS: 10,
    DATA_DIR: folder,
    PUBLIC_BASE: options.publicBase,
    STRIPE_WEBHOOK_URL: options.webhook?.url,
    STRIPE_WEBHOOK_SECRET: options.webhook?.secret,
  } as const;
  const running = await startService({
    name: 'stripe-stand-in',
    config,
    logger: createLogger('stripe-stand-in', config.LOG_LEVEL),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    build: (deps) =>
      standIn(deps, config, {
        publicBase: () => options.publicBase ?? url,
        ...(options.firstRetryMs === undefined ? {} : { firstRetryMs: options.firstRetryMs }),
      }),
  });
  url = `http://127.0.0.1:${running.port}`;
  return {
    url,
    paymentsUrl: `${url}/payments`,
    controlUrl: `${url}/control`,
    secretKey: 'sk_test_ticketing',
    publishableKey: 'pk_test_ticketing',
    async stop() {
      await running.stop();
      if (options.dataDir === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
};
