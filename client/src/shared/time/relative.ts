/** How long ago something was, as people say it. Pure. */
import { formatTime } from '../format.ts';
import { texts } from '../texts/index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What is younger is told in hours, whatever day it was. */
const A_WHILE = 12 * HOUR;

const { ago } = texts.shop;

/** A number that is one more on the next day of the calendar. */
const dayOf = (time: number, timeZone: string): number => {
  const [year = 0, month = 1, day = 1] = dayFormat(timeZone).format(time).split('-').map(Number);
  return Date.UTC(year, month - 1, day) / DAY;
};

const formats = new Map<string, Intl.DateTimeFormat>();
/** `2026-12-14`. Made once for each zone, as making one takes long. */
const dayFormat = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone });
  formats.set(timeZone, known);
  return known;
};

/**
 * `now`, `48 min`, `2 h`, `yesterday`, and what is older by its date.
 * @param iso ISO 8601
 * @param now milliseconds since 1970
 * @param zone of the visitor where it is known; else UTC
 */
export const formatAgo = (iso: string, now: number, zone = ''): string => {
  const at = Date.parse(iso);
  const passed = now - at;
  if (passed < MINUTE) return ago.now;
  if (passed < HOUR) return ago.minutes(Math.floor(passed / MINUTE));
  const days = dayOf(now, zone || 'UTC') - dayOf(at, zone || 'UTC');
  if (passed < A_WHILE || days === 0) return ago.hours(Math.floor(passed / HOUR));
  return days === 1 ? ago.yesterday : formatTime(iso, 'day', zone);
};
