'use client';
import { useEffect, useRef, useState } from 'react';
import { formatClock } from '../../shared/format.ts';
import { texts } from '../../shared/texts/index.ts';
import { LocalTime } from '../../shared/time/local-time.tsx';
import { isUrgent, toAnnounce } from './hold.ts';

const words = texts.orders.order;

/** The clock on the stub: what is left, and until when. */
export const TimeLeft = ({ secondsLeft, expiresAt }: { secondsLeft: number; expiresAt: string }) => {
  const urgent = isUrgent(secondsLeft);
  return (
    <div className="flex flex-1 flex-wrap items-baseline justify-between gap-x-6 gap-y-1 md:flex-col md:items-end md:text-right">
      <p
        role="timer"
        className={`font-mono font-semibold text-xl tabular-nums tracking-tight md:text-2xl ${urgent ? 'text-urgent' : ''}`}
      >
        <span className="sr-only">{words.timeLeft} </span>
        {formatClock(secondsLeft)}
      </p>
      <p className={urgent ? 'font-semibold text-urgent' : ''}>
        {secondsLeft === 0 ? (
          words.over
        ) : urgent ? (
          words.lastMinute
        ) : (
          <>
            {words.yoursUntil} <LocalTime iso={expiresAt} style="time" />.
          </>
        )}
      </p>
      <Announcement secondsLeft={secondsLeft} />
    </div>
  );
};

/** Says the time left at a few moments, politely. */
const Announcement = ({ secondsLeft }: { secondsLeft: number }) => {
  const before = useRef(secondsLeft);
  const [said, setSaid] = useState('');
  useEffect(() => {
    const now = toAnnounce(before.current, secondsLeft);
    before.current = secondsLeft;
    if (now !== undefined) setSaid(words.announce[now]);
  }, [secondsLeft]);
  return (
    <span role="status" className="sr-only">
      {said}
    </span>
  );
};
