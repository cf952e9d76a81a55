import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clock } from '@ticketing/common/clock';
import { newId } from '@ticketing/common/testing';
import { anOffer, anOrderOf, type Person, startTickets, type TicketsService } from '../tickets-service.ts';

/** Real time, until a test moves on. */
let ahead = 0;
const clock: Clock = { now: () => new Date(Date.now() + ahead) };
const inMinutes = (minutes: number) => new Date(clock.now().getTime() + minutes * 60_000).toISOString();

const sweep = async () => {
  const job = service.parts.jobs?.find(({ name }) => name === 'take started tickets off the list');
  return job?.run();
};

let service: TicketsService;
let seller: Person;
beforeAll(async () => {
  service = await startTickets({ clock });
  seller = service.somebody();
});
afterAll(() => service.end());

describe('GET /api/tickets/:id', () => {
  it('shows a ticket to anybody', async () => {
    const ticket = await seller.sells({ place: 'Funkhaus', startsAt: inMinutes(60) });
    for (const somebody of [service.visitor, seller, service.somebody()]) {
      const { status, body, headers } = await somebody.get(`/api/tickets/${ticket.id}`);
      expect([status, body]).toEqual([200, ticket]);
      expect(headers['cache-control']).toBe('private, no-cache');
      expect(headers).not.toHaveProperty('set-cookie');
    }
  });

  it('says who holds it: which order, and not which buyer', async () => {
    const { id } = await seller.sells();
    const order = anOrderOf(id);
    await service.hears(order.reserved);
    const { body } = await service.visitor.get(`/api/tickets/${id}`);
    expect(body).toMatchObject({ status: 'reserved', orderId: order.reserved.id, version: 1 });
    expect(JSON.stringify(body)).not.toContain(order.reserved.userId);
    await service.hears(order.cancelled);
    expect((await service.visitor.get(`/api/tickets/${id}`)).body).not.toHaveProperty('orderId');
  });

  it('says until when it is held, and no more once it is sold', async () => {
    const { id } = await seller.sells();
    const order = anOrderOf(id);
    await service.hears(order.reserved);
    const { body } = await service.visitor.get(`/api/tickets/${id}`);
    expect(body).toMatchObject({ status: 'reserved', reservedUntil: order.reserved.expiresAt });
    await service.hears(order.completed);
    const sold = (await service.visitor.get(`/api/tickets/${id}`)).body;
    expect(sold).toMatchObject({ status: 'sold' });
    expect(sold).not.toHaveProperty('reservedUntil');
  });

  it.each(['nonsense', 'g'.repeat(24), '0', '%24ne', newId()])('knows no ticket %s', async (id) => {
    const { status, body, headers } = await service.visitor.get(`/api/tickets/${id}`);
    expect([status, body]).toEqual([404, { errors: [{ message: 'Ticket not found', code: 'not_found' }] }]);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('is not sent again while nothing has changed', async () => {
    const { id } = await seller.sells();
    const path = `/api/tickets/${id}`;
    const etag = String((await service.visitor.get(path)).headers.etag);
    const again = await service.visitor.get(path).set('If-None-Match', etag);
    expect([again.status, again.text]).toEqual([304, '']);

    for (const change of [
      () => seller.put(path, anOffer({ price: 49 })),
      () => service.hears(anOrderOf(id).reserved),
    ]) {
      const before = String((await service.visitor.get(path)).headers.etag);
      await change();
      const changed = await service.visitor.get(path).set('If-None-Match', before);
      expect(changed.status).toBe(200);
      expect(changed.headers.etag).not.toBe(before);
    }
  });

  it('gives a 404 and no 304 once it is withdrawn', async () => {
    const { id } = await seller.sells();
    const { headers } = await service.visitor.get(`/api/tickets/${id}`);
    await seller.delete(`/api/tickets/${id}`);
    await service.visitor.get(`/api/tickets/${id}`).set('If-None-Match', String(headers.etag)).expect(404);
  });
});

describe('a ticket for something that has begun', () => {
  it('is no more on sale, from that second on', async () => {
    const { id } = await seller.sells({ title: 'Begins soon', startsAt: inMinutes(10) });
    const listed = async () => (await service.visitor.get('/api/tickets?q=begins soon')).body.length;
    const status = async () => (await service.visitor.get(`/api/tickets/${id}`)).body.status;
    const etag = String((await service.visitor.get(`/api/tickets/${id}`)).headers.etag);
    expect([await listed(), await status()]).toEqual([1, 'on sale']);

    ahead += 11 * 60_000;
    expect([await listed(), await status()]).toEqual([0, 'withdrawn']);
    // Nothing was written, and still what a browser has kept is no more right.
    await service.visitor.get(`/api/tickets/${id}`).set('If-None-Match', etag).expect(200);
    // Its seller still has it among the own ones.
    expect((await seller.get('/api/tickets?userId=me&q=begins soon')).body).toMatchObject([
      { id, status: 'withdrawn' },
    ]);
  });

  it('leaves the indexes of what is on sale, and nobody is told, as nothing of it has changed', async () => {
    const { id } = await seller.sells({ startsAt: inMinutes(10) });
    ahead += 9 * 60_000;
    await sweep();
    expect((await service.visitor.get(`/api/tickets/${id}`)).body.status).toBe('on sale');
    ahead += 2 * 60_000;
    expect(await sweep()).toBeGreaterThanOrEqual(1);
    expect(await sweep()).toBe(0);
    expect((await service.visitor.get(`/api/tickets/${id}`)).body.version).toBe(0);
  });

  it('is on sale again when its seller gives it another time', async () => {
    const { id } = await seller.sells({ title: 'Postponed', startsAt: inMinutes(10) });
    ahead += 11 * 60_000;
    await sweep();
    const { status, body } = await seller.put(
      `/api/tickets/${id}`,
      anOffer({ title: 'Postponed', startsAt: inMinutes(60) }),
    );
    expect([status, body.status]).toEqual([200, 'on sale']);
    expect((await service.visitor.get('/api/tickets?q=postponed')).body).toMatchObject([{ id }]);
  });

  it('does not come back on sale when a hold on it ends too late', async () => {
    const { id } = await seller.sells({ title: 'Too late', startsAt: inMinutes(10) });
    const order = anOrderOf(id);
    await service.hears(order.reserved);
    ahead += 11 * 60_000;
    expect((await service.visitor.get(`/api/tickets/${id}`)).body.status).toBe('reserved');
    await service.hears(order.cancelled);
    expect((await service.visitor.get(`/api/tickets/${id}`)).body.status).toBe('withdrawn');
    expect((await service.visitor.get('/api/tickets?q=too late')).body).toEqual([]);
  });
});
