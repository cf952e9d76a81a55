import { describe, expect, it } from '@jest/globals';
import { formatAgo } from './relative.ts';

const NOW = '2026-12-24T20:30:00.000Z';
const ago = (iso: string, { now = NOW, zone = '' } = {}) => formatAgo(iso, Date.parse(now), zone);

describe('what was written', () => {
  it('a moment ago was now, and so is what comes from a clock ahead of ours', () => {
    expect(ago('2026-12-24T20:29:01.000Z')).toBe('now');
    expect(ago('2026-12-24T20:30:40.000Z')).toBe('now');
  });

  it('within the hour was minutes ago', () => {
    expect(ago('2026-12-24T20:29:00.000Z')).toBe('1 min');
    expect(ago('2026-12-24T19:30:01.000Z')).toBe('59 min');
  });

  it('today was hours ago', () => {
    expect(ago('2026-12-24T19:30:00.000Z')).toBe('1 h');
    expect(ago('2026-12-24T00:10:00.000Z')).toBe('20 h');
  });

  it('shortly before midnight was hours ago as well, as long as the night is short', () => {
    expect(ago('2026-12-23T23:30:00.000Z', { now: '2026-12-24T01:00:00.000Z' })).toBe('1 h');
  });

  it('the day before was yesterday', () => {
    expect(ago('2026-12-23T08:00:00.000Z')).toBe('yesterday');
    expect(ago('2026-12-22T23:59:00.000Z')).toBe('Dec 22, 2026');
  });

  it('in another zone was on another day', () => {
    const evening = '2026-12-22T23:30:00.000Z';
    expect(ago(evening)).toBe('Dec 22, 2026');
    expect(ago(evening, { zone: 'Europe/Berlin' })).toBe('yesterday');
  });
});
