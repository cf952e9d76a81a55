import { BusUnavailable } from '../messaging/index.ts';

interface Source {
  republishDue(): Promise<number>;
}

/** Milliseconds between two looks at what is due. */
const LOOK_MS = 1_000;

/** The periodic job (see `service`) that tells present states again: `jobs: [republishing(store)]`. */
export const republishing = (store: Source) => ({
  name: 'tell present states again',
  everyMs: LOOK_MS,
  run: () =>
    store.republishDue().catch((error: unknown) => {
      // The relay says that the broker is away; what is due stays due.
      if (!(error instanceof BusUnavailable)) throw error;
      return 0;
    }),
});
