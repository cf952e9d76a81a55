import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aTicketState, eventually, newId } from '@ticketing/common/testing';
import { freeSlot, ReservationPaused, refuseLapser, TooManyReservations } from '../src/limits.ts';
import { type BoxOffice, movableClock, openBoxOffice } from './box-office.ts';
import { at } from './orders.ts';

describe('the slots of a buyer', () => {
  const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

  it('are ten, each given once', () => {
    const taken: number[] = [];
    for (let hold = 0; hold < 10; hold += 1) taken.push(freeSlot(taken, newId()));
    expect(taken.sort((a, b) => a - b)).toEqual(upTo(10));
  });

  it('are all taken by ten open holds', () => {
    expect(() => freeSlot(upTo(10), newId())).toThrow(TooManyReservations);
  });
});

describe('somebody who let a ticket lapse', () => {
  it('once may try again', () => {
    expect(() => refuseLapser([at('12:00')], at('12:01'))).not.toThrow();
  });

  it('twice within an hour waits until the earlier time is an hour ago', () => {
    const lapses = [at('12:30'), at('12:00')];
    expect(() => refuseLapser(lapses, at('12:59:59'))).toThrow(ReservationPaused);
    expect(() => refuseLapser(lapses, at('13:00'))).not.toThrow();
  });

  it('is told when to come back', () => {
    const paused = new ReservationPaused(at('13:00'), at('12:40'));
    expect(paused.message).toBe('You let this ticket lapse twice. You can reserve it again in 20 minutes');
    expect(paused.retryAfter).toBe(1_200);
  });
});

describe('a buyer', () => {
  const clock = movableClock();
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice({ limited: true, replicas: 2, holdSeconds: 60, clock });
  });
  afterAll(() => office.end());

  const tickets = async (count: number) => {
    const some = Array.from({ length: count }, () => aTicketState());
    await office.putUp(...some);
    return some;
  };

  it('has at most ten open holds, and one more as soon as one has ended', async () => {
    const buyer = office.buyer();
    const wanted = await tickets(11);
    const last = wanted.pop();
    const held = [];
    for (const { id } of wanted) held.push(await office.reserve(buyer, id));
    expect(held.map(({ status }) => status)).toEqual(wanted.map(() => 201));

    const refused = await office.reserve(buyer, last?.id ?? '');
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toEqual([
      { message: 'Too many reservations', code: 'too_many_reservations' },
    ]);
    expect((await office.reserve(office.buyer(), last?.id ?? '')).status).toBe(201);

    await office.cancel(buyer, held[4]?.body.id ?? '');
    const [other] = await tickets(1);
    expect((await office.reserve(buyer, other?.id ?? '')).status).toBe(201);
  });

  it('has exactly ten of thirty asked for at the same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const buyer = office.buyer();
      const wanted = await tickets(30);
      const answers = await Promise.all(wanted.map(({ id }) => office.reserve(buyer, id)));
      const held = answers.filter(({ status }) => status === 201);
      const refused = answers.filter(({ status }) => status !== 201);
      expect(held).toHaveLength(10);
      for (const { status, body } of refused) {
        expect([status, body.errors[0]?.code]).toEqual([400, 'too_many_reservations']);
      }
      expect(await office.inStore({ userId: buyer.id, status: 'awaiting payment' })).toHaveLength(10);
    }
  }, 120_000);

  it('who let the same ticket lapse twice has to leave it to others for a while', async () => {
    const buyer = office.buyer();
    const [ticket] = await tickets(1);
    const id = ticket?.id ?? '';
    for (let lapse = 0; lapse < 2; lapse += 1) {
      expect((await office.reserve(buyer, id)).status).toBe(201);
      clock.advance(61);
    }
    const { status, body, headers } = await office.reserve(buyer, id);
    expect(status).toBe(400);
    expect(body.errors[0]?.code).toBe('reservation_paused');
    expect(body.errors[0]?.message).toMatch(/^You let this ticket lapse twice\. .* in 59 minutes$/);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(3_400);
    expect((await office.reserve(buyer, (await office.aTicket()).id)).status).toBe(201);

    const other = office.buyer();
    const { body: theirs } = await office.reserve(other, id);
    expect(theirs.status).toBe('awaiting payment');
    await office.cancel(other, theirs.id);
    clock.advance(3_600);
    expect((await office.reserve(buyer, id)).status).toBe(201);
  });

  it('who lets go in time may come back at once', async () => {
    const buyer = office.buyer();
    const ticket = await office.aTicket();
    for (let again = 0; again < 4; again += 1) {
      const { status, body } = await office.reserve(buyer, ticket.id);
      expect(status).toBe(201);
      await office.cancel(buyer, body.id);
    }
  });
});

describe('somebody who asks and asks', () => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice({ limited: true });
  });
  afterAll(() => office.end());

  it.each([
    ['to reserve', 'POST', '/api/orders', 400],
    ['to let go', 'DELETE', `/api/orders/${newId()}`, 404],
  ])('%s is told to slow down after 120 times within a minute, and nobody else is', async (...row) => {
    const [, method, path, status] = row;
    const body = method === 'POST' ? {} : undefined;
    const buyer = office.buyer();
    const answers = [];
    for (let n = 0; n < 120; n += 1) answers.push(await office.ask(buyer, method, path, body));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([status]));
    const refused = await office.ask(buyer, method, path, body);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await office.ask(office.buyer(), method, path, body)).status).toBe(status);
  });
});

describe('without limits, for a load test', () => {
  it('a buyer holds any number of tickets', async () => {
    const office = await openBoxOffice({ limited: false });
    try {
      const buyer = office.buyer();
      const tickets = Array.from({ length: 12 }, () => aTicketState());
      await office.putUp(...tickets);
      for (const { id } of tickets) expect((await office.reserve(buyer, id)).status).toBe(201);
      await eventually(async () => expect(await office.inStore({ userId: buyer.id })).toHaveLength(12));
    } finally {
      await office.end();
    }
  });
});
