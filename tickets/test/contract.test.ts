import { randomInt } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clock } from '@ticketing/common/clock';
import { type CloudEvent, type TicketState, ticketCreated, ticketUpdated } from '@ticketing/common/events';
import { eventually, type Listener, listenTo } from '@ticketing/common/testing';
import type { TicketAnswer } from '../src/answer.ts';
import { contract } from '../src/contract.ts';
import { anOffer, anOrderOf, type Person, startTickets, type TicketsService } from './tickets-service.ts';

const MINUTE_MS = 60_000;
let ahead = 0;
const clock: Clock = { now: () => new Date(Date.now() + ahead) };

let service: TicketsService;
let seller: Person;
let told: Listener;
beforeAll(async () => {
  service = await startTickets({ clock });
  seller = service.somebody();
  // Whoever listens checks each event with the schema that all services share.
  told = await listenTo(service.bus, ...contract.events);
});
afterAll(() => service.end());
afterEach(() => {
  ahead = 0;
});

/** What HTTP says of the state that an event carries. */
const asShown = ({ listed: _listed, price, ...state }: TicketState): TicketAnswer => ({
  ...state,
  price: price.amount / 100,
  currency: price.currency,
});

const eventOf = (id: string, version: number): Promise<CloudEvent<string, TicketState>> =>
  eventually(() => {
    const event = told.about(id).find(({ data }) => data.version === version);
    if (event === undefined) throw new Error(`version ${version} was not told`);
    return event as CloudEvent<string, TicketState>;
  });

describe('what the tickets service says', () => {
  it('is that a ticket was created, and that it was updated', () => {
    expect(contract.source).toBe('tickets');
    // Their types: of whole schemas a difference would be thousands of lines.
    expect(contract.events.map(({ type }) => type)).toEqual([ticketCreated.type, ticketUpdated.type]);
  });

  it('is a CloudEvent with the whole public state', async () => {
    const offer = anOffer({ startsAt: '2099-05-01T18:00:00.000Z', place: 'Funkhaus' });
    const { id } = await seller.sells(offer);
    expect(await eventOf(id, 0)).toEqual({
      specversion: '1.0',
      id: `ticket/${id}@0`,
      source: 'tickets',
      type: 'ticket:created',
      subject: id,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      datacontenttype: 'application/json',
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-\d\d$/),
      data: {
        id,
        version: 0,
        userId: seller.id,
        title: 'Nils Frahm',
        price: { amount: 4_800, currency: 'usd' },
        listed: true,
        status: 'on sale',
        startsAt: '2099-05-01T18:00:00.000Z',
        place: 'Funkhaus',
      },
    });
  });

  it('goes on with the trace of the request that caused it', async () => {
    const traceId = 'ab'.repeat(16);
    const { body } = await seller
      .post('/api/tickets', anOffer())
      .set('traceparent', `00-${traceId}-${'cd'.repeat(8)}-01`);
    expect((await eventOf(body.id, 0)).traceparent).toContain(traceId);
  });

  it('is, version by version, what HTTP shows, whatever happens to a ticket', async () => {
    const life = async () => {
      const shown: TicketAnswer[] = [await seller.sells({ price: 0.5 + randomInt(100) })];
      const [{ id } = { id: '' }] = shown;
      const path = `/api/tickets/${id}`;
      const look = async () => {
        const { body } = await seller.get(path);
        if (body.version !== shown.at(-1)?.version) shown.push(body);
      };
      for (let sequence = 1; sequence <= 3; sequence += 1) {
        const order = anOrderOf(id, { holdSequence: sequence });
        const edits = [{ place: 'Harpa' }, { startsAt: '2099-05-01T18:00:00Z' }, { price: 1.1 }, {}];
        const steps = [
          () => seller.put(path, anOffer(edits[randomInt(edits.length)])),
          () => service.hears(order.reserved),
          () => service.hears(randomInt(3) === 0 ? order.completed : order.cancelled),
          () => (randomInt(4) === 0 ? seller.delete(path) : Promise.resolve()),
        ];
        for (const step of steps) {
          await step();
          await look();
        }
      }
      expect(shown.map(({ version }) => version)).toEqual([...shown.keys()]);
      for (const [version, answer] of shown.entries()) {
        const event = await eventOf(id, version);
        expect(asShown(event.data)).toEqual(answer);
        expect(event.type).toBe(version === 0 ? 'ticket:created' : 'ticket:updated');
      }
    };
    for (let lives = 0; lives < 6; lives += 1) await life();
    expect(told.refused).toEqual([]);
  });

  it('stays as it was when a ticket has begun, while HTTP says that it is no longer on sale', async () => {
    const startsAt = new Date(clock.now().getTime() + MINUTE_MS).toISOString();
    const offered = await seller.sells({ startsAt });
    ahead = 2 * MINUTE_MS;
    const { body: begun } = await seller.get(`/api/tickets/${offered.id}`);
    expect(begun).toEqual({ ...offered, status: 'withdrawn' });
    const { data } = await eventOf(offered.id, 0);
    expect(asShown(data)).toEqual(offered);

    // Nothing but that is changed by time: reserved and sold mean the same before and after.
    const order = anOrderOf(offered.id);
    for (const [version, state] of [order.reserved, order.completed].entries()) {
      await service.hears(state);
      const { body } = await seller.get(`/api/tickets/${offered.id}`);
      expect(asShown((await eventOf(offered.id, version + 1)).data)).toEqual(body);
    }
  });

  it('is never more than that: nothing of the store comes with it', async () => {
    const { id } = await seller.sells();
    await service.hears(anOrderOf(id).reserved);
    const { data } = await eventOf(id, 1);
    for (const inner of ['lock', 'index', 'tokens', 'outbox', 'holdSequence', 'idempotency', '_id']) {
      expect(JSON.stringify([data, (await seller.get(`/api/tickets/${id}`)).body])).not.toContain(
        `"${inner}"`,
      );
    }
  });

  it('carries any title as it is, and any price as an integer', async () => {
    const { id } = await seller.sells({ title: '東京ドーム 🎸 “$seller” <b>', price: 999_999.99 });
    const { data } = await eventOf(id, 0);
    expect([data.title, data.price.amount]).toEqual(['東京ドーム 🎸 “$seller” <b>', 99_999_999]);
  });
});
