/**
 * W3C Trace Context (https://www.w3.org/TR/trace-context/), kept in an AsyncLocalStorage: what a request began is
 * found again in the events it caused and in the reactions to them, without a parameter through every function.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

export interface Trace {
  /** `00-<32 hex>-<16 hex>-<2 hex>` */
  readonly traceparent: string;
  readonly requestId?: string;
  readonly eventId?: string;
}

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const storage = new AsyncLocalStorage<Trace>();

const spanId = () => randomBytes(8).toString('hex');

/** The 32 hexadecimal digits that all spans of a trace share. */
export const traceId = (traceparent: string): string => traceparent.slice(3, 35);

/** The next span of a trace, or a new trace where `parent` is absent or malformed. */
export const traceparentFrom = (parent: string | undefined): string => {
  if (parent === undefined || !TRACEPARENT.test(parent)) {
    return `00-${randomBytes(16).toString('hex')}-${spanId()}-01`;
  }
  return `00-${traceId(parent)}-${spanId()}-${parent.slice(-2)}`;
};

export const currentTrace = (): Trace | undefined => storage.getStore();

export const runInTrace = <T>(trace: Trace, run: () => T): T => storage.run(trace, run);
