import { describe, expect, it } from '@jest/globals';
import * as catalogue from '../../src/events/catalogue.ts';
import {
  type EventType,
  envelope,
  eventId,
  expirationComplete,
  InvalidEvent,
  orderCancelled,
  orderCompleted,
  orderCreated,
  parseEvent,
  paymentAuthorized,
  paymentCreated,
  paymentFailed,
  ticketCreated,
  ticketUpdated,
  type Versioned,
} from '../../src/events/index.ts';
import { anOrderState, aPaymentState, aTicketState, newId } from '../../src/testing/index.ts';

const aTraceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const aTime = new Date('2027-05-01T18:00:00.000Z');

/** Every event of the system, with the fullest state it can carry. */
const everyEvent: readonly [EventType, Versioned][] = [
  [ticketCreated, aTicketState({ startsAt: aTime.toISOString(), place: 'Gent' })],
  [ticketUpdated, aTicketState({ version: 3, status: 'reserved', orderId: newId(), listed: false })],
  [orderCreated, anOrderState()],
  [orderCancelled, anOrderState({ version: 1, status: 'cancelled', reason: 'expired' })],
  [orderCompleted, anOrderState({ version: 1, status: 'completed', paymentId: newId(), holdSequence: 7 })],
  [expirationComplete, { id: newId(), version: 0 }],
  [paymentAuthorized, aPaymentState({ version: 2 })],
  [paymentCreated, aPaymentState({ version: 4, status: 'captured' })],
  [paymentFailed, aPaymentState({ version: 4, status: 'failed' })],
];

const wrap = (eventType: EventType, state: Versioned, traceparent?: string) =>
  envelope<string, Versioned>(eventType, state, { source: 'test', time: aTime, traceparent });

/** As it comes from a broker. */
const sent = (event: object): Record<string, unknown> => JSON.parse(JSON.stringify(event));

/** What the door says of a message, or "welcome". */
const verdict = (eventType: EventType, message: unknown): string => {
  try {
    parseEvent(eventType, message);
    return 'welcome';
  } catch (error) {
    if (error instanceof InvalidEvent) return error.message;
    throw error;
  }
};

it('is known to these tests, each one of the catalogue', () => {
  const known = everyEvent.map(([{ type }]) => type);
  expect(known.sort()).toEqual(
    Object.values(catalogue)
      .map(({ type }) => type)
      .sort(),
  );
});

describe('an event', () => {
  it.each(everyEvent)('arrives as it was sent ($type)', (eventType, state) => {
    const event = wrap(eventType, state, aTraceparent);
    expect(parseEvent(eventType, sent(event))).toEqual(event);
    expect(event).toEqual({
      specversion: '1.0',
      id: `${eventType.aggregate}/${state.id}@${state.version}`,
      source: 'test',
      type: eventType.type,
      subject: state.id,
      time: '2027-05-01T18:00:00.000Z',
      datacontenttype: 'application/json',
      traceparent: aTraceparent,
      data: state,
    });
  });

  it('has the same id whenever the same state is told again', () => {
    const ticket = aTicketState({ version: 5 });
    const again = envelope(ticketUpdated, ticket, { source: 'tickets', time: new Date() });
    expect(again.id).toBe(envelope(ticketCreated, ticket, { source: 'tickets', time: aTime }).id);
    expect(again.id).toBe(eventId('ticket', ticket));
  });

  it('holds nothing that is undefined, which a store would turn into null', () => {
    const state = { ...aTicketState(), orderId: undefined, place: undefined };
    const { data } = wrap(ticketCreated, state);
    expect(Object.keys(data)).not.toContain('orderId');
    expect(Object.keys(data)).not.toContain('place');
  });

  it('is a copy: what happens to the state afterwards does not change it', () => {
    const state = { ...aTicketState(), price: { amount: 100, currency: 'usd' } };
    const { data } = envelope(ticketCreated, state, { source: 'tickets', time: aTime });
    state.price.amount = 1;
    expect(data.price.amount).toBe(100);
  });
});

describe("the consumer's door", () => {
  it('lets through what it does not know: a newer publisher does no harm, and a copy keeps it', () => {
    const ticket = aTicketState();
    const event = sent(wrap(ticketCreated, ticket));
    const newer = {
      ...event,
      sequence: 12,
      data: { ...ticket, colour: 'red', price: { ...ticket.price, vat: 21 } },
    };
    expect(parseEvent(ticketCreated, newer)).toEqual(newer);
  });

  it.each(everyEvent)('refuses $type when any of its required fields is missing', (eventType, state) => {
    const event = sent(wrap(eventType, state));
    const optional = new Set(['traceparent', 'orderId', 'startsAt', 'place', 'paymentId', 'reason']);
    for (const name of Object.keys(event).filter((field) => !optional.has(field))) {
      const { [name]: _left, ...without } = event;
      expect(verdict(eventType, without)).toContain(`${name}: `);
    }
    for (const name of Object.keys(state).filter((field) => !optional.has(field))) {
      const { [name]: _left, ...without } = sent(state);
      expect(verdict(eventType, { ...event, data: without })).toContain(`data.${name}: `);
    }
  });

  it.each([
    ['another type of event', { type: 'ticket:updated' }, 'type'],
    ['another version of CloudEvents', { specversion: '0.3' }, 'specversion'],
    ['a time without a zone', { time: '2027-05-01T18:00:00' }, 'time'],
    ['a time that is a number', { time: 1_800_000_000 }, 'time'],
    ['content that is not JSON', { datacontenttype: 'text/xml' }, 'datacontenttype'],
    ['an id without end', { id: 'x'.repeat(257) }, 'id'],
    ['a trace that is an object', { traceparent: {} }, 'traceparent'],
    ['no data', { data: null }, 'data'],
    ['a list as data', { data: [] }, 'data'],
  ])('refuses %s', (_what, wrong, field) => {
    const event = { ...sent(wrap(ticketCreated, aTicketState())), ...wrong };
    expect(verdict(ticketCreated, event)).toContain(`${field}: `);
  });

  it.each([
    ['a price that is not whole', { price: { amount: 19.99, currency: 'usd' } }, 'data.price.amount'],
    ['a negative price', { price: { amount: -1, currency: 'usd' } }, 'data.price.amount'],
    ['a price beyond what is exact', { price: { amount: 2 ** 53, currency: 'usd' } }, 'data.price.amount'],
    ['a price as text', { price: { amount: '1999', currency: 'usd' } }, 'data.price.amount'],
    ['a currency in capitals', { price: { amount: 1999, currency: 'USD' } }, 'data.price.currency'],
    ['a version that is not whole', { version: 1.5 }, 'data.version'],
    ['a version before the first', { version: -1 }, 'data.version'],
    ['an id that is not one', { userId: 'me' }, 'data.userId'],
    ['a title without a word', { title: '' }, 'data.title'],
    ['a title that is a list', { title: ['a'] }, 'data.title'],
    ['a status nobody knows', { status: 'stolen' }, 'data.status'],
    ['an order that is null', { orderId: null }, 'data.orderId'],
    ['a start without its zone', { startsAt: '2027-05-01T18:00' }, 'data.startsAt'],
  ])('refuses a ticket with %s', (_what, wrong, field) => {
    const ticket = aTicketState();
    const event = { ...sent(wrap(ticketCreated, ticket)), data: { ...ticket, ...wrong } };
    expect(verdict(ticketCreated, event)).toContain(`${field}: `);
  });

  it('lists every violation at once', () => {
    const event = sent(wrap(orderCreated, anOrderState()));
    const said = verdict(orderCreated, {
      ...event,
      time: 'yesterday',
      data: { ...anOrderState(), holdSequence: 0, expiresAt: 'soon', ticket: { id: 'x', title: '' } },
    });
    for (const field of [
      'time',
      'data.holdSequence',
      'data.expiresAt',
      'data.ticket.id',
      'data.ticket.title',
      'data.ticket.price',
    ]) {
      expect(said).toContain(`${field}: `);
    }
  });

  it('refuses an id, a subject or a version that is not that of the data', () => {
    const ticket = aTicketState({ version: 2 });
    const event = sent(wrap(ticketCreated, ticket));
    for (const wrong of [
      { subject: newId() },
      { id: eventId('ticket', { ...ticket, version: 3 }) },
      { id: eventId('order', ticket) },
      { id: eventId('ticket', { ...ticket, id: newId() }) },
      { data: { ...ticket, version: 3 } },
      { data: { ...ticket, id: newId() } },
    ]) {
      expect(verdict(ticketCreated, { ...event, ...wrong })).toContain(
        'id or subject is not that of its data',
      );
    }
  });

  it.each([[undefined], [null], [''], ['not JSON'], [0], [true], [[]], [{}]])(
    'refuses what is no event at all: %j',
    (message) => {
      expect(verdict(ticketCreated, message)).toContain('not a valid ticket:created');
    },
  );

  it('is not fooled by keys that mean something to JavaScript', () => {
    const event = JSON.stringify(wrap(ticketCreated, aTicketState()));
    const dressed = JSON.parse(
      event.replace('{', '{"__proto__":{"admin":true},"constructor":{"prototype":{}},'),
    );
    const parsed = parseEvent(ticketCreated, dressed);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect('admin' in parsed).toBe(false);
    expect('admin' in {}).toBe(false);
  });
});
