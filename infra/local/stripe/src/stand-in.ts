import path from 'node:path';
import type { ServiceDeps, ServiceParts } from '@ticketing/common/service';
import { withLock } from '@ticketing/local/lock';
import type { Logger } from 'pino';
import { openAccount } from './account.ts';
import { openIdempotency } from './api/idempotency.ts';
import { createApp } from './app.ts';
import type { readStandInConfig } from './config.ts';
import { expireOldHolds, openControl } from './control/control.ts';
import { noFaults } from './control/faults.ts';
import { HOLD_SECONDS } from './present/present.ts';
import { openLedger } from './store/ledger.ts';
import { openWebhooks } from './webhooks/webhooks.ts';

export type StandInConfig = Pick<
  ReturnType<typeof readStandInConfig>,
  'DATA_DIR' | 'HOST' | 'PORT' | 'PUBLIC_BASE' | 'STRIPE_WEBHOOK_SECRET' | 'STRIPE_WEBHOOK_URL'
>;

export interface StandInOptions {
  /** Milliseconds until a webhook that failed is sent again for the first time. */
  readonly firstRetryMs?: number;
  /** Where a browser reaches us, when it is known only after listening. */
  readonly publicBase?: () => string;
}

const EXPIRY_EVERY_MS = 60 * 60_000;

/** Two processes on one journal would spoil it. @returns how to let go */
const holdFolder = async (folder: string, logger: Logger): Promise<() => Promise<void>> => {
  let letGo = () => {};
  let released = Promise.resolve();
  await new Promise<void>((acquired, failed) => {
    released = withLock(
      path.join(folder, 'lock'),
      () => {
        acquired();
        return new Promise<void>((resolve) => {
          letGo = resolve;
        });
      },
      { onWait: (owner) => logger.warn(`waiting for ${owner}, which uses the same payments`) },
    );
    released.catch(failed);
  });
  return () => {
    letGo();
    return released;
  };
};

/** Puts the stand-in together; it listens once it is started as a service. */
export const standIn = async (
  { clock, logger }: Pick<ServiceDeps, 'clock' | 'logger'>,
  config: StandInConfig,
  options: StandInOptions = {},
): Promise<ServiceParts> => {
  const { DATA_DIR: folder, HOST: host, PORT: port, PUBLIC_BASE: publicBase } = config;
  const { STRIPE_WEBHOOK_URL: url, STRIPE_WEBHOOK_SECRET: secret } = config;
  const letGo = await holdFolder(path.resolve(folder), logger);
  const ledger = await openLedger(path.resolve(folder));
  const faults = noFaults();
  const webhooks = openWebhooks({
    ledger,
    faults,
    logger,
    destination: url === undefined || secret === undefined ? undefined : { url, secret },
    ...(options.firstRetryMs === undefined ? {} : { firstRetryMs: options.firstRetryMs }),
  });
  const account = openAccount({
    ledger,
    clock,
    publicBase: options.publicBase ?? (() => publicBase ?? `http://${host}:${port}`),
    deliveriesOf: webhooks.deliveriesOf,
    onEvents: webhooks.wake,
  });
  const expireHolds = () => expireOldHolds(account, HOLD_SECONDS);
  const browserPath = publicBase === undefined ? '' : new URL(publicBase).pathname.replace(/\/$/, '');
  return {
    app: createApp({
      account,
      idempotency: openIdempotency(ledger),
      faults,
      control: openControl(account, faults, webhooks),
      logger,
      browserPath,
    }),
    jobs: [
      {
        name: 'end the holds that are older than banks keep them',
        everyMs: EXPIRY_EVERY_MS,
        run: expireHolds,
      },
    ],
    start: async () => {
      await expireHolds();
      webhooks.wake();
    },
    stop: async () => {
      await webhooks.stop();
      await ledger.close();
      await letGo();
    },
  };
};
