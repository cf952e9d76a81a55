'use client';
import { useSyncExternalStore } from 'react';
import { formatTime, type TimeStyle } from '../format.ts';

const never = () => () => {};
let zone: string | undefined;
/** Asked at every render of every time there is, and always the same. */
const zoneHere = () => {
  zone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone;
};
const zoneUnknown = () => undefined;

/** A moment, in UTC as the server wrote it, and in the visitor's own zone once the page is alive. */
export const LocalTime = ({ iso, style }: { iso: string; style: TimeStyle }) => {
  const visitorZone = useSyncExternalStore(never, zoneHere, zoneUnknown);
  return <time dateTime={iso}>{formatTime(iso, style, visitorZone)}</time>;
};
