import type { Report } from './engine-name.ts';

/** A place an engine can be fetched from. */
export interface Source {
  /** What it is, for progress lines and for the list of what was tried. */
  label: string;
  /** The one version it gives: fetched engines are pinned. */
  version: string;
  /**
   * Puts the executable into `folder` under the engine's own name. `env` is where settings and tools (`PATH`,
   * proxies, mirrors) are looked for.
   *
   * @throws when it cannot; the message says why in one line
   */
  fetch(folder: string, report: Report, env: NodeJS.ProcessEnv): Promise<void>;
}
