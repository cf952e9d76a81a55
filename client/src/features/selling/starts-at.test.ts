import { expect, test } from '@jest/globals';
import { readStartsAt, shownAt, toInstant, toInstantUtc, toLocal } from './starts-at.ts';

test('an event is shown in the hours of whoever looks', () => {
  expect(toLocal('2026-12-14T19:00:00.000Z', 'Europe/Berlin')).toBe('2026-12-14T20:00');
  expect(toLocal('2026-12-14T19:00:00.000Z', 'UTC')).toBe('2026-12-14T19:00');
  expect(toLocal('2026-12-14T23:30:00.000Z', 'Asia/Tokyo')).toBe('2026-12-15T08:30');
});

test('midnight begins the day', () => {
  expect(toLocal('2026-12-14T23:00:00.000Z', 'Europe/Berlin')).toBe('2026-12-15T00:00');
});

test('summer time counts on the day of the event, not on the day it is sold', () => {
  expect(toLocal('2027-07-01T18:00:00.000Z', 'Europe/Berlin')).toBe('2027-07-01T20:00');
});

test('what is typed before the page is alive is UTC', () => {
  expect(toInstantUtc('2026-12-14T20:00')).toBe('2026-12-14T20:00:00.000Z');
});

test('what is typed and shown again is the same, in whatever zone this is', () => {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  expect(toLocal(toInstant('2027-03-05T07:45'), timeZone)).toBe('2027-03-05T07:45');
});

test.each(['', 'tomorrow', '2026-12-14', '2026-13-40T99:99'])('%j is no date and time', (typed) => {
  expect(toInstant(typed)).toBe('');
  expect(toInstantUtc(typed)).toBe('');
});

test('a date that nobody touched is the instant it was, to the millisecond', () => {
  const before = '2026-12-14T19:00:30.500Z';
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  expect(readStartsAt(shownAt(before), before)).toBe(before);
  expect(readStartsAt(shownAt(before, timeZone), before, timeZone)).toBe(before);
});

test('a date that somebody touched is read in the zone in which it is asked for', () => {
  const before = '2026-12-14T19:00:00.000Z';
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  expect(readStartsAt('2026-12-14T20:00', before)).toBe('2026-12-14T20:00:00.000Z');
  expect(shownAt(readStartsAt('2026-12-31T20:00', before, timeZone), timeZone)).toBe('2026-12-31T20:00');
  expect(readStartsAt('', before, timeZone)).toBe('');
  expect(readStartsAt('', '', timeZone)).toBe('');
});

test('what is no date is shown as it was typed', () => {
  expect(shownAt('soon', 'Asia/Tokyo')).toBe('soon');
  expect(shownAt('')).toBe('');
});
