/**
 * A service in a process of its own, run as `main.ts` of any service does, for tests that end it.
 *
 *     node --import tsx clerk.ts
 */
import { setTimeout as pause } from 'node:timers/promises';
import { get } from '../../src/http/index.ts';
import {
  httpSettings,
  mongoSettings,
  processSettings,
  readConfig,
  runService,
  serviceApp,
  wholeNumber,
} from '../../src/service/index.ts';

const settings = {
  ...processSettings,
  ...httpSettings,
  MONGO_URL: mongoSettings.MONGO_URL.optional(),
  /** How long `/slow` takes, in milliseconds. */
  SLOW_MS: wholeNumber(0, 60_000).default(0),
};

await runService(
  'clerk',
  () => {
    const { MONGO_URL, ...config } = readConfig(settings);
    return { ...config, ...(MONGO_URL === undefined ? {} : { MONGO_URL }) };
  },
  (deps, config) => ({
    app: serviceApp(deps, config, {
      routes: [
        get('/slow', [], async () => {
          deps.logger.info('slow begins');
          await pause(config.SLOW_MS);
          return { done: true };
        }),
        get('/forget', [], () => {
          void Promise.reject(new Error('nobody awaited this, password=hunter2'));
          return {};
        }),
        get('/throw', [], () => {
          setImmediate(() => {
            throw new Error('nobody catches this');
          });
          return {};
        }),
      ],
    }),
  }),
);
