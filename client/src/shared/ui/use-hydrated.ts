'use client';
import { useSyncExternalStore } from 'react';

const never = () => () => {};

/** False as the server renders and until the page is alive; what needs script is shown from then on. */
export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
