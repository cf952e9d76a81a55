import { type DestinationStream, type Logger, pino } from 'pino';
import { currentTrace, traceId } from '../tracing/index.ts';
import { isError, textWithoutSecrets, withoutSecrets } from './without-secrets.ts';

/** What pino would take as the message where none is given: that of the error. */
const messageOf = (first: unknown): string | undefined => {
  const error = typeof first === 'object' && first !== null && 'err' in first ? first.err : first;
  return isError(error) ? error.message : undefined;
};

const clean = (arg: unknown): unknown => {
  if (typeof arg === 'string') return textWithoutSecrets(arg);
  return typeof arg === 'object' && arg !== null ? withoutSecrets(arg) : arg;
};

/**
 * Structured logs, one JSON object a line, with the ids of the request, the trace and the event that a line belongs
 * to, and without secrets or card data, in whatever depth of whatever object, error or text they stand.
 */
export const createLogger = (
  service: string,
  level: string,
  destination: DestinationStream = pino.destination(1),
): Logger => {
  const logger = pino(
    {
      level,
      base: { service },
      // Errors are plain objects by then.
      serializers: { err: (error: unknown) => error },
      hooks: {
        logMethod([given, message = messageOf(given), ...more]: unknown[], method) {
          const first = isError(given) ? { err: given } : given;
          const args = message === undefined ? [first] : [first, message, ...more];
          method.apply(this, args.map(clean) as Parameters<typeof method>);
        },
      },
      mixin() {
        const trace = currentTrace();
        if (trace === undefined) return {};
        const { requestId, eventId, traceparent } = trace;
        return {
          traceId: traceId(traceparent),
          ...(requestId === undefined ? {} : { requestId }),
          ...(eventId === undefined ? {} : { eventId }),
        };
      },
    },
    destination,
  );
  // Bindings are written once, when a child is made, and pass no hook.
  const { child } = logger;
  logger.child = function childWithoutSecrets(this: typeof logger, bindings, ...options) {
    return child.call(this, withoutSecrets(bindings), ...options) as ReturnType<typeof child>;
  } as typeof child;
  return logger;
};
