'use client';
import { formatTime } from '../format.ts';
import { formatAgo } from './relative.ts';
import { useNow } from './use-now.ts';
import { useZone } from './use-zone.ts';

interface TimeAgoProps {
  readonly iso: string;
  /** The server's clock when it rendered, in milliseconds since 1970. */
  readonly asOf: number;
}

/** How long ago it was, and behind it when: in UTC first, and in the visitor's own zone once the page is alive. */
export const TimeAgo = ({ iso, asOf }: TimeAgoProps) => {
  const zone = useZone();
  const now = useNow(asOf);
  return (
    <time dateTime={iso} title={formatTime(iso, 'date and time', zone)}>
      {formatAgo(iso, now, zone)}
    </time>
  );
};
