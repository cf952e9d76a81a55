'use client';
import { formatTime, type TimeStyle } from '../format.ts';
import { useZone } from './use-zone.ts';

/** A moment, in UTC as the server wrote it, and in the visitor's own zone once the page is alive. */
export const LocalTime = ({ iso, style }: { iso: string; style: TimeStyle }) => {
  const zone = useZone();
  return <time dateTime={iso}>{formatTime(iso, style, zone)}</time>;
};
