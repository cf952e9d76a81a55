/** What ends a mortal store. */
export class BrokenOff extends Error {
  override readonly name = 'BrokenOff';
}

interface Taking<H> {
  takeBack(heard: readonly H[]): Promise<void>;
}

/**
 * A store that takes back one state after the other, as a command that is killed between two of its writes.
 * @param writes after so many it throws {BrokenOff} instead
 */
export const mortal = <H, S extends Taking<H>>(store: S & Taking<H>, writes: number): S => {
  let left = writes;
  const takeBack = async (heard: readonly H[]): Promise<void> => {
    for (const one of heard) {
      if (left === 0) throw new BrokenOff(`after ${writes} writes`);
      left -= 1;
      await store.takeBack([one]);
    }
  };
  return { ...store, takeBack };
};
