export {
  brokerSettings,
  ConfigError,
  currencySetting,
  type HttpConfig,
  httpSettings,
  mongoSettings,
  onOff,
  processSettings,
  readConfig,
  type ServiceConfig,
  serviceSettings,
  urlOf,
  wholeNumber,
} from './config.ts';
export { createLogger } from './logger.ts';
export { type ServiceMetrics, serviceMetrics } from './metrics.ts';
export type { PeriodicJob } from './periodic.ts';
export { runService } from './run-service.ts';
export { serviceApp } from './service-app.ts';
export {
  type RunningService,
  type ServiceDeps,
  type ServiceOptions,
  type ServiceParts,
  startService,
} from './start-service.ts';
