'use client';
import { useSyncExternalStore } from 'react';

const never = () => () => {};
let zone: string | undefined;
/** Asked at every render of every time there is, and always the same. */
const zoneHere = () => {
  zone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone;
};
const zoneUnknown = () => undefined;

/**
 * The visitor's own zone; undefined on the server and until the page is alive. What a link leads to is rendered in the
 * browser alone, and has it from the beginning.
 */
export const useZone = (): string | undefined => useSyncExternalStore(never, zoneHere, zoneUnknown);
