import { ConfigError, type ServiceConfig } from './config.ts';
import { createLogger } from './logger.ts';
import { type RunningService, type ServiceDeps, type ServiceParts, startService } from './start-service.ts';

/** Exit status for settings that can never work (sysexits EX_CONFIG), so that nobody restarts it in a loop unread. */
const EX_CONFIG = 78;

/**
 * The one way to start any service: reads its settings, starts it, and stops it gracefully on SIGTERM or SIGINT. A
 * second signal, or a stop that takes too long, ends the process at once.
 */
export const runService = async <C extends ServiceConfig>(
  name: string,
  config: () => C,
  build: (deps: ServiceDeps, config: C) => Promise<ServiceParts> | ServiceParts,
): Promise<void> => {
  const refuse = (error: ConfigError): never => {
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exit(EX_CONFIG);
  };
  let settings: C;
  try {
    settings = config();
  } catch (error) {
    if (error instanceof ConfigError) refuse(error);
    throw error;
  }
  const logger = createLogger(name, settings.LOG_LEVEL);
  const die = (error: unknown) => {
    logger.fatal({ err: error }, 'ending: this must not happen');
    process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);

  let running: RunningService | undefined;
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    // Not ready yet, so nothing was promised to anybody; or asked twice.
    if (running === undefined || signals > 1) process.exit(signals > 1 ? 1 : 0);
    const tooLong = () => die(new Error('the graceful stop took too long'));
    setTimeout(tooLong, settings.STOP_SECONDS * 1000).unref();
    running.stop().then(() => process.exit(0), die);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  try {
    running = await startService({ name, config: settings, logger, build: (deps) => build(deps, settings) });
  } catch (error) {
    if (error instanceof ConfigError) refuse(error);
    die(error);
  }
};
