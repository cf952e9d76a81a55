import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ticketCreated, ticketUpdated } from '@ticketing/common/events';
import { eventually, type Listener, listenTo, newId } from '@ticketing/common/testing';
import { Types } from 'mongoose';
import { anOffer, anOrderOf, type Person, startTickets, type TicketsService } from '../tickets-service.ts';

let service: TicketsService;
let seller: Person;
let told: Listener;
beforeAll(async () => {
  service = await startTickets();
  seller = service.somebody();
  told = await listenTo(service.bus, ticketCreated, ticketUpdated);
});
afterAll(() => service.end());

const first = (body: { errors: { code: string; message: string }[] }) => body.errors[0];

describe('PUT /api/tickets/:id', () => {
  it('changes what its seller says', async () => {
    const { id } = await seller.sells();
    const offer = {
      title: 'Ólafur Arnalds',
      price: 52.5,
      startsAt: '2099-05-01T18:00:00.000Z',
      place: 'Funkhaus',
    };
    const { status, body } = await seller.put(`/api/tickets/${id}`, offer);
    expect(status).toBe(200);
    expect(body).toEqual({ id, ...offer, currency: 'usd', userId: seller.id, version: 1, status: 'on sale' });
    expect((await service.visitor.get(`/api/tickets/${id}`)).body).toEqual(body);
  });

  it('takes away time and place where they are left out', async () => {
    const { id } = await seller.sells({ startsAt: '2099-05-01T18:00:00Z', place: 'Funkhaus' });
    const { body } = await seller.put(`/api/tickets/${id}`, anOffer());
    expect(body).toEqual({
      ...anOffer(),
      id,
      currency: 'usd',
      userId: seller.id,
      version: 1,
      status: 'on sale',
    });
    expect((await service.visitor.get(`/api/tickets/${id}`)).body).toEqual(body);
  });

  it('makes a ticket be found by its new words, and no more by its old ones', async () => {
    const { id } = await seller.sells({ title: 'Oldword', place: 'Oldplace' });
    await seller.put(`/api/tickets/${id}`, anOffer({ title: 'Newword' })).expect(200);
    const found = async (q: string) => (await service.visitor.get(`/api/tickets?q=${q}`)).body.length;
    expect([await found('newword'), await found('oldword'), await found('oldplace')]).toEqual([1, 0, 0]);
  });

  it('says nothing and counts nothing where nothing changes', async () => {
    const { id } = await seller.sells({ place: 'Funkhaus' });
    const same = await seller.put(
      `/api/tickets/${id}`,
      anOffer({ title: ' Nils Frahm ', place: 'Funkhaus' }),
    );
    expect(same).toMatchObject({ status: 200, body: { version: 0 } });
    const other = await seller.put(`/api/tickets/${id}`, anOffer({ place: 'Berghain' }));
    expect(other.body.version).toBe(1);
    await eventually(() => expect(told.about(id).some(({ data }) => data.version === 1)).toBe(true));
    expect(new Set(told.about(id).map((event) => event.id)).size).toBe(2);
  });

  it('is for the signed in, and for the seller', async () => {
    const { id } = await seller.sells();
    const visitor = await service.visitor.put(`/api/tickets/${id}`, anOffer());
    expect([visitor.status, first(visitor.body)?.code]).toEqual([401, 'not_signed_in']);
    const other = await service.somebody().put(`/api/tickets/${id}`, anOffer({ title: 'Mine now' }));
    expect([other.status, first(other.body)?.code]).toEqual([401, 'not_yours']);
    expect((await service.visitor.get(`/api/tickets/${id}`)).body).toMatchObject({
      title: 'Nils Frahm',
      version: 0,
    });
  });

  it('asks who it is before it looks at id and body', async () => {
    expect((await service.visitor.put('/api/tickets/nonsense', { price: -1 })).status).toBe(401);
  });

  it.each(['nonsense', '123', 'g'.repeat(24), `${'a'.repeat(24)}0`, '%00', newId()])(
    'knows no ticket %s',
    async (id) => {
      const { status, body } = await seller.put(`/api/tickets/${id}`, anOffer());
      expect([status, first(body)?.code]).toEqual([404, 'not_found']);
    },
  );

  it('refuses what a new ticket would be refused for', async () => {
    const { id } = await seller.sells();
    const { status, body } = await seller.put(`/api/tickets/${id}`, {
      title: ' ',
      price: '1e3',
      startsAt: 'soon',
    });
    expect(status).toBe(400);
    expect(body.errors.map(({ field }: { field: string }) => field)).toEqual(['title', 'price', 'startsAt']);
    const past = await seller.put(`/api/tickets/${id}`, anOffer({ startsAt: '1999-01-01T00:00:00Z' }));
    expect(past).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'startsAt', code: 'invalid_field' }] },
    });
  });

  it('leaves an odd title that stands as it is, and refuses another one', async () => {
    const { id } = await seller.sells();
    const odd = 'Nils\u200bFrahm';
    const tickets = service.deps.mongo.collection('tickets');
    await tickets.updateOne({ _id: new Types.ObjectId(id) }, { $set: { title: odd } });
    const dearer = await seller.put(`/api/tickets/${id}`, anOffer({ title: odd, price: 50 }));
    expect(dearer).toMatchObject({ status: 200, body: { title: odd, price: 50 } });
    for (const title of [`${odd}\u200b`, 'Nils\ud800']) {
      const { status, body } = await seller.put(
        `/api/tickets/${id}`,
        anOffer({ title, place: 'Funk\u0000haus' }),
      );
      expect([status, body.errors]).toEqual([
        400,
        ['title', 'place'].map((field) => ({
          message: `${field} must not have invisible characters`,
          field,
          code: 'invalid_field',
        })),
      ]);
    }
    expect((await service.visitor.get(`/api/tickets/${id}`)).body).toEqual(dearer.body);
  });

  it('takes nothing else from the body', async () => {
    const { id } = await seller.sells();
    const more = { id: newId(), userId: newId(), version: 9, status: 'sold', currency: 'eur', listed: false };
    const { body } = await seller.put(`/api/tickets/${id}`, anOffer({ price: 7, ...more }));
    expect(body).toEqual({
      ...anOffer({ price: 7 }),
      id,
      currency: 'usd',
      userId: seller.id,
      version: 1,
      status: 'on sale',
    });
  });

  it('is refused while a buyer is paying, and once it is sold or withdrawn', async () => {
    const { id } = await seller.sells();
    const order = anOrderOf(id);
    const edit = async () => {
      const { status, body } = await seller.put(`/api/tickets/${id}`, anOffer({ title: 'Changed' }));
      return [status, status === 200 ? body.title : first(body)?.code];
    };
    await service.hears(order.reserved);
    expect(await edit()).toEqual([400, 'ticket_reserved']);
    await service.hears(order.cancelled);
    expect(await edit()).toEqual([200, 'Changed']);

    const sold = anOrderOf(id, { holdSequence: 2 });
    await service.hears(sold.completed);
    expect(await edit()).toEqual([400, 'ticket_sold']);

    const other = await seller.sells();
    await seller.delete(`/api/tickets/${other.id}`).expect(204);
    const withdrawn = await seller.put(`/api/tickets/${other.id}`, anOffer());
    expect([withdrawn.status, first(withdrawn.body)?.code]).toEqual([400, 'ticket_withdrawn']);
    const stranger = await service.somebody().put(`/api/tickets/${other.id}`, anOffer());
    expect([stranger.status, first(stranger.body)?.code]).toEqual([404, 'not_found']);
  });

  it('takes ids in capitals as well', async () => {
    const { id } = await seller.sells();
    expect((await seller.put(`/api/tickets/${id.toUpperCase()}`, anOffer({ price: 9 }))).body).toMatchObject({
      id,
    });
  });
});

describe('DELETE /api/tickets/:id', () => {
  it('withdraws a ticket, for everybody but its seller it is gone', async () => {
    const { id } = await seller.sells({ title: 'Gone tomorrow' });
    const gone = await seller.delete(`/api/tickets/${id}`);
    expect([gone.status, gone.text]).toEqual([204, '']);

    for (const somebody of [service.visitor, service.somebody()]) {
      const { status, body } = await somebody.get(`/api/tickets/${id}`);
      expect([status, first(body)]).toEqual([404, { message: 'Ticket not found', code: 'not_found' }]);
    }
    expect((await seller.get(`/api/tickets/${id}`)).body).toMatchObject({ status: 'withdrawn', version: 1 });
    expect((await service.visitor.get('/api/tickets?q=gone tomorrow')).body).toEqual([]);
    expect((await seller.get('/api/tickets?userId=me&q=gone tomorrow')).body).toMatchObject([
      { status: 'withdrawn' },
    ]);
  });

  it('may be asked for twice, and is said once', async () => {
    const { id } = await seller.sells();
    await seller.delete(`/api/tickets/${id}`).expect(204);
    await seller.delete(`/api/tickets/${id}`).expect(204);
    expect((await seller.get(`/api/tickets/${id}`)).body.version).toBe(1);
    await eventually(() =>
      expect(told.about(id).at(-1)?.data).toMatchObject({ listed: false, status: 'withdrawn' }),
    );
    expect(new Set(told.about(id).map((event) => event.id)).size).toBe(2);
  });

  it('is for the signed in, and for the seller', async () => {
    const { id } = await seller.sells();
    expect((await service.visitor.delete(`/api/tickets/${id}`)).status).toBe(401);
    const other = await service.somebody().delete(`/api/tickets/${id}`);
    expect([other.status, first(other.body)?.code]).toEqual([401, 'not_yours']);
    await seller.delete(`/api/tickets/${id}`).expect(204);
    // A withdrawn ticket is not there for anybody else, so it is not said whose it is.
    expect((await service.somebody().delete(`/api/tickets/${id}`)).status).toBe(404);
    expect((await seller.delete(`/api/tickets/${newId()}`)).status).toBe(404);
    expect((await seller.delete('/api/tickets/nonsense')).status).toBe(404);
  });

  it('is refused while a buyer is paying, and once it is sold', async () => {
    const { id } = await seller.sells();
    const order = anOrderOf(id);
    const withdraw = async () => {
      const { status, body } = await seller.delete(`/api/tickets/${id}`);
      return [status, first(body)?.code];
    };
    await service.hears(order.reserved);
    expect(await withdraw()).toEqual([400, 'ticket_reserved']);
    await service.hears(order.completed);
    expect(await withdraw()).toEqual([400, 'ticket_sold']);
    expect((await service.visitor.get(`/api/tickets/${id}`)).body).toMatchObject({
      status: 'sold',
      version: 2,
    });
  });
});
