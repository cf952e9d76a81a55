import { describe, expect, it } from '@jest/globals';
import { formatClock, formatPrice, formatTime, formatWait } from './format.ts';

describe('money and times', () => {
  it('are a price in its own currency, whichever was asked for before', () => {
    expect([formatPrice(48, 'usd'), formatPrice(19.9, 'eur'), formatPrice(1_000, 'usd')]).toEqual([
      '$48.00',
      '€19.90',
      '$1,000.00',
    ]);
  });

  it('are a time in the zone of the visitor, or in UTC, which is said then', () => {
    const iso = '2026-12-14T19:30:00.000Z';
    expect(formatTime(iso, 'time', 'Europe/Berlin')).toBe('20:30');
    expect(formatTime(iso, 'time', 'America/New_York')).toBe('14:30');
    expect(formatTime(iso, 'time')).toBe('19:30 UTC');
    expect(formatTime(iso, 'month')).toBe('December 2026');
    expect(formatTime(iso, 'date')).toBe('Mon, Dec 14, 2026');
    expect(formatTime(iso, 'date and time', 'Asia/Tokyo')).toBe('Tue, Dec 15, 2026, 04:30');
  });

  it('are a clock that never goes below zero, and a wait that is rounded up', () => {
    expect([formatClock(372), formatClock(0.2), formatClock(-3)]).toEqual(['6:12', '0:01', '0:00']);
    expect([formatWait(0.1), formatWait(40), formatWait(121)]).toEqual([
      '1 second',
      '40 seconds',
      '3 minutes',
    ]);
  });
});
