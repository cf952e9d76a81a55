import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { everyPage, newPerson, type Order, Person, type Ticket } from '../support/shop.ts';
import { type SystemUnderTest, systemUnderTest } from '../support/system.ts';

const HOLD_SECONDS = 8;
/** Started from nothing on a busy machine; against another system, its whole hold of 15 minutes. */
const PATIENCE_MS = 20 * 60_000;

let system: SystemUnderTest;
let seller: Person;
let buyer: Person;
let other: Person;

beforeAll(async () => {
  system = await systemUnderTest({ holdSeconds: HOLD_SECONDS });
  [seller, buyer, other] = await Promise.all([
    newPerson(system.baseUrl),
    newPerson(system.baseUrl),
    newPerson(system.baseUrl),
  ]);
}, PATIENCE_MS);
afterAll(() => system?.end(), PATIENCE_MS);

const onSale = async (title: string): Promise<Ticket> => {
  const { status, body } = await seller.sell({ title, price: 19.99 });
  expect(status).toBe(201);
  return body;
};

/** A word of its own, so that a search finds this test's tickets and nobody else's. */
const word = () => `w${Math.random().toString(36).slice(2, 11)}`;

describe('people', () => {
  it('sign up, are known, sign out and in again', async () => {
    const person = new Person(system.baseUrl);
    expect((await person.ask('GET', '/api/users/currentuser')).body).toEqual({ currentUser: null });
    const up = await person.signUp('correct horse battery');
    expect(up.status).toBe(201);
    expect(up.body.email).toBe(person.email);
    expect((await person.ask('GET', '/api/users/currentuser')).body).toMatchObject({
      currentUser: { id: up.body.id, email: person.email },
    });
    expect((await person.ask('POST', '/api/users/signout', {})).status).toBe(200);
    expect((await person.ask('GET', '/api/users/currentuser')).body).toEqual({ currentUser: null });
    const credentials = { email: person.email.toUpperCase(), password: 'correct horse battery' };
    expect((await person.ask('POST', '/api/users/signin', credentials)).status).toBe(200);
    expect((await person.ask('POST', '/api/users/signup', credentials)).status).toBe(400);
  });

  it('must be signed in to sell, to reserve and to see orders', async () => {
    const stranger = new Person(system.baseUrl);
    const answers = [
      await stranger.sell(),
      await stranger.reserve('0'.repeat(24)),
      await stranger.orders(),
      await stranger.tickets('?userId=me'),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(401);
      expect(body).toMatchObject({ errors: [{ code: 'not_signed_in' }] });
    }
  });
});

describe('a visitor', () => {
  it.each(['/healthz', '/readyz', '/metrics'])('is told nothing by %s', async (path) => {
    const answer = await fetch(`${system.baseUrl}${path}`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toMatch(/"status":"ok"|process_cpu/);
  });
});

describe('a ticket', () => {
  it('is put up for sale, found in the list and by its words, edited and withdrawn', async () => {
    const title = `Elbphilharmonie ${word()}`;
    const ticket = await onSale(title);
    expect(ticket).toMatchObject({ title, price: 19.99, currency: 'usd', status: 'on sale', version: 0 });
    const unique = title.split(' ')[1] ?? '';
    const stranger = new Person(system.baseUrl);
    const found = await stranger.tickets(`?q=elbphilharmonie%20${unique.slice(0, 8)}`);
    expect(found.body.map(({ id }) => id)).toEqual([ticket.id]);

    const edited = await seller.edit(ticket.id, { title: `${title} 2`, price: 25 });
    expect(edited.body).toMatchObject({ title: `${title} 2`, price: 25, version: 1 });
    expect((await buyer.edit(ticket.id, { title: 'mine', price: 1 })).status).toBe(401);

    expect((await seller.withdraw(ticket.id)).status).toBe(204);
    expect((await buyer.ticket(ticket.id)).status).toBe(404);
    expect((await seller.ticket(ticket.id)).body.status).toBe('withdrawn');
    expect((await buyer.tickets(`?q=${unique}`)).body).toEqual([]);
  });

  it('is one of many that are listed page by page, neither repeated nor skipped', async () => {
    const unique = word();
    const sold: string[] = [];
    for (let n = 0; n < 7; n += 1) {
      const { body } = await seller.sell({ title: `${unique} ${n}`, price: 10 + (n % 3) });
      sold.push(body.id);
    }
    for (const sort of ['newest', 'price', '-price']) {
      const all = await everyPage<Ticket>(buyer, `/api/tickets?q=${unique}&limit=2&sort=${sort}`);
      expect(all.map(({ id }) => id).sort()).toEqual([...sold].sort());
      const prices = all.map(({ price }) => price);
      if (sort === 'price') expect(prices).toEqual([...prices].sort((a, b) => a - b));
      if (sort === '-price') expect(prices).toEqual([...prices].sort((a, b) => b - a));
    }
  });

  it('is created once for one Idempotency-Key', async () => {
    const key = { 'Idempotency-Key': word() };
    const first = await seller.sell({ title: 'Once' }, key);
    const second = await seller.sell({ title: 'Once' }, key);
    expect(second.body).toEqual(first.body);
    expect((await seller.sell({ title: 'Twice' }, key)).status).toBe(400);
  });
});

describe('a reservation', () => {
  it('takes the ticket off the list and locks it for its seller; letting go puts it back', async () => {
    const unique = word();
    const ticket = await onSale(unique);
    const reserved = await buyer.reserve(ticket.id);
    expect(reserved.status).toBe(201);
    expect(reserved.body).toMatchObject({
      status: 'awaiting payment',
      ticket: { id: ticket.id, title: unique, price: 19.99 },
    });

    const taken = await other.reserve(ticket.id);
    expect(taken.status).toBe(400);
    expect(taken.body.errors).toEqual([{ message: 'Ticket is already reserved', code: 'ticket_reserved' }]);
    await eventually(async () => {
      expect((await buyer.tickets(`?q=${unique}`)).body).toEqual([]);
      expect((await buyer.ticket(ticket.id)).body).toMatchObject({
        status: 'reserved',
        orderId: reserved.body.id,
      });
    });
    expect((await seller.edit(ticket.id, { title: 'dearer', price: 99 })).status).toBe(400);
    expect((await seller.withdraw(ticket.id)).status).toBe(400);

    expect((await buyer.release(reserved.body.id)).status).toBe(204);
    expect((await buyer.order(reserved.body.id)).body.status).toBe('cancelled');
    await eventually(async () => {
      expect((await buyer.tickets(`?q=${unique}`)).body.map(({ id }) => id)).toEqual([ticket.id]);
    });
    expect((await other.reserve(ticket.id)).status).toBe(201);
  });

  it('made at once after the ticket is never told 404', async () => {
    for (let n = 0; n < 10; n += 1) {
      const ticket = await onSale(word());
      expect((await buyer.reserve(ticket.id)).status).toBe(201);
    }
  });

  it(
    'that is not paid in time is cancelled within 5 seconds, and the ticket is on sale again',
    async () => {
      const unique = word();
      const ticket = await onSale(unique);
      const { body: order } = await buyer.reserve(ticket.id);
      const due = new Date(order.expiresAt).getTime();
      const ended = await eventually(
        async () => {
          const { body } = await buyer.order(order.id);
          expect(body.status).toBe('cancelled');
          return Date.now();
        },
        due - Date.now() + 30_000,
      );
      expect((await buyer.order(order.id)).body.reason).toBe('expired');
      expect(ended).toBeGreaterThanOrEqual(due - 1_000);
      await eventually(async () => {
        expect((await buyer.tickets(`?q=${unique}`)).body.map(({ id }) => id)).toEqual([ticket.id]);
      });
    },
    PATIENCE_MS,
  );

  it('is seen, listed and cancelled by its buyer alone', async () => {
    const ticket = await onSale(word());
    const { body: order } = await buyer.reserve(ticket.id);
    expect((await other.order(order.id)).body).toMatchObject({ errors: [{ code: 'not_yours' }] });
    expect((await other.release(order.id)).status).toBe(401);
    const theirs = await everyPage<Order>(other, '/api/orders');
    expect(theirs.map(({ id }) => id)).not.toContain(order.id);
    const mine = await everyPage<Order>(buyer, '/api/orders?limit=3');
    expect(mine[0]?.id).toBe(order.id);
    expect(new Set(mine.map(({ id }) => id)).size).toBe(mine.length);
    await buyer.release(order.id);
  });
});
