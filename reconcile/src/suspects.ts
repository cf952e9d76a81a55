import { type Finding, invariants, isStill, type Wrong } from './report.ts';

/** What looked wrong at the first look, and how it is looked at again. */
interface Suspect {
  readonly wrongs: Wrong[];
  again(): Promise<readonly Wrong[]>;
}

/** What looks wrong, until a second look has been taken at it. */
export const openSuspects = () => {
  const suspects = new Map<string, Suspect>();
  return {
    size: (): number => suspects.size,

    /**
     * @param key of what is looked at: it may be added more than once, as an order is with each batch of its intents
     * @param again looks at it alone and freshly
     */
    add(key: string, wrongs: readonly Wrong[], again: Suspect['again']): void {
      if (wrongs.length === 0) return;
      const known = suspects.get(key);
      if (known === undefined) suspects.set(key, { wrongs: [...wrongs], again });
      else known.wrongs.push(...wrongs);
    },

    /** Takes the second look. @returns what it still finds, in the order of the invariants */
    async lookAgain(signal?: AbortSignal): Promise<Finding[]> {
      const findings: Finding[] = [];
      for (const { wrongs, again } of suspects.values()) {
        signal?.throwIfAborted();
        for (const second of await again()) {
          const { invariant, about, id, detail } = second;
          if (wrongs.some((first) => isStill(first, second))) findings.push({ invariant, about, id, detail });
        }
      }
      const rank = ({ invariant }: Finding) => invariants.indexOf(invariant);
      return findings.sort((a, b) => rank(a) - rank(b));
    },
  };
};

export type Suspects = ReturnType<typeof openSuspects>;
