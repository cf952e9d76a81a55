import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { explainQueries, newId } from '@ticketing/common/testing';
import { anOffer, startTickets, type TicketsService } from '../tickets-service.ts';

let service: TicketsService;
beforeAll(async () => {
  service = await startTickets({}, { RATE_LIMITS: true });
});
afterAll(() => service.end());

it('somebody who writes too often has to wait, while others write and everybody reads', async () => {
  const hasty = service.somebody();
  const { id } = await hasty.sells();
  const plans = await explainQueries(service.deps.mongo, async () => {
    // What is refused for another reason counts as well.
    for (let writes = 1; writes < 120; writes += 1) {
      expect((await hasty.delete(`/api/tickets/${newId()}`)).status).toBe(404);
    }
  });
  expect(plans.filter(({ summary }) => summary.includes('COLLSCAN'))).toEqual([]);

  for (const refused of [
    await hasty.post('/api/tickets', anOffer()),
    await hasty.put(`/api/tickets/${id}`, anOffer()),
    await hasty.delete(`/api/tickets/${id}`),
  ]) {
    expect([refused.status, refused.body.errors[0].code]).toEqual([429, 'too_many_requests']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  }
  await hasty.get(`/api/tickets/${id}`).expect(200);
  await hasty.get('/api/tickets?userId=me').expect(200);
  await service.somebody().sells();
});
