/** When an event starts: an instant to the services, date and time of a zone to people and `datetime-local`. */

const LOCAL = /^\d{4,}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** What `datetime-local` shows of an instant in a zone: `2026-12-14T20:00`. */
export const toLocal = (iso: string, timeZone: string): string => {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(new Date(iso));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}`;
};

/** The instant of what was typed, in this machine's zone: the visitor's, in a browser. Empty where it is none. */
export const toInstant = (local: string): string => {
  const date = new Date(LOCAL.test(local) ? local : '');
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
};

/** The instant of what was typed in UTC, which is what the page asks for before it is alive. */
export const toInstantUtc = (local: string): string => toInstant(LOCAL.test(local) ? `${local}Z` : '');

/** What the field shows of an instant, in UTC where the zone is not known; what is none, as it was typed. */
export const shownAt = (startsAt: string, zone = 'UTC'): string =>
  Number.isNaN(Date.parse(startsAt)) ? startsAt : toLocal(startsAt, zone);

/**
 * The instant of what stands in the field. If it still shows what the form began with, that instant is meant to the
 * millisecond, also in the hour that comes twice when summer time ends.
 * @param before instant that the form began with; empty where there was none
 * @param zone of this machine; undefined where the page asks for UTC
 */
export const readStartsAt = (local: string, before: string, zone?: string): string => {
  if (local === shownAt(before, zone)) return before;
  return zone === undefined ? toInstantUtc(local) : toInstant(local);
};
