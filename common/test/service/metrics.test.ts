import { describe, expect, it } from '@jest/globals';
import { serviceMetrics } from '../../src/service/index.ts';

describe('a scrape', () => {
  it.each([
    ['refuses', () => Promise.reject(new Error('the store is away'))],
    ['does not answer', () => new Promise<never>(() => {})],
  ])('has everything else while a store %s', async (_what, look) => {
    const metrics = serviceMetrics('box-office');
    metrics.published('ticket:created');
    metrics.watchOutboxes(look);
    metrics.watch('dead_letters', 'Given up.', look);
    const text = await metrics.registry.metrics();
    expect(text).toContain('events_published_total{type="ticket:created",service="box-office"} 1');
    expect(text).not.toMatch(/^outbox_(depth|oldest_age_seconds)\{/m);
    expect(text).toContain('dead_letters{service="box-office"} Nan');
  });

  it('does not show what was true at the one before', async () => {
    const metrics = serviceMetrics('box-office');
    const outboxes = [
      [{ name: 'seats', depth: 3, ageSeconds: 60 }],
      [{ name: 'seats', depth: 1, ageSeconds: 2 }],
      undefined,
    ];
    metrics.watchOutboxes(async () => {
      const depths = outboxes.shift();
      if (depths === undefined) throw new Error('the store is away');
      return depths;
    });
    const values = async () => {
      const text = await metrics.registry.metrics();
      return [...text.matchAll(/^outbox_\w+\{outbox="seats".*\} (\d+)$/gm)].map(([, value]) => Number(value));
    };
    expect(await values()).toEqual([3, 60]);
    expect(await values()).toEqual([1, 2]);
    expect(await values()).toEqual([]);
  });
});
