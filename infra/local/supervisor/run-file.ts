import type { Transport } from './settings.ts';

/** What `run.json` says: what runs, and where. */
export interface RunFile {
  readonly baseUrl: string;
  readonly startupSeconds: number;
  /** What `natsUrl` speaks, also where it is a server of somebody else's. */
  readonly transport: Transport;
  readonly mongoUri: string;
  readonly natsUrl: string;
  /** Where NATS Streaming tells about itself over HTTP; undefined where nobody said it of a server of somebody else's. */
  readonly natsMonitorUrl: string | undefined;
  /** Undefined as long as no service of the run needs Redis. */
  readonly redisUrl: string | undefined;
  /** `port` is undefined for a process that listens nowhere. */
  readonly processes: readonly {
    readonly name: string;
    readonly pid: number;
    readonly port: number | undefined;
  }[];
  /** Where our stand-in for Stripe runs. */
  readonly stripe?: { readonly url: string; readonly paymentsUrl: string; readonly controlUrl: string };
}
