import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { everyPage, newPerson, type Order, Person, type Post, type Ticket } from './shop.ts';
import type { SystemUnderTest } from './system.ts';

/** Invariant 4: a hold ends within this after its time. */
const GRACE_MS = 5_000;
/** Time to see it over HTTP, on a machine that is busy with all of this. */
const SEEN_MS = 3_000;
/** Of another system we know neither its clock nor how far away it is. */
const ELSEWHERE_MS = 25_000;

/** A word of its own, so that a search finds this test's tickets and nobody else's. */
const word = () => `w${Math.random().toString(36).slice(2, 11)}`;

/** Another system may hold for 15 minutes, and this waits for the end of such a hold. */
const WHOLE_HOLD_MS = 20 * 60_000;

/**
 * Everything but the payment: people, tickets, reservations, on whatever system this gives once it is up. Whoever reserves
 * lets go again, so it passes with a buyer's holds limited as well.
 */
export const describeMarketplace = (system: () => SystemUnderTest): void => {
  let seller: Person;
  let buyer: Person;
  let other: Person;

  beforeAll(async () => {
    const { baseUrl } = system();
    [seller, buyer, other] = await Promise.all([newPerson(baseUrl), newPerson(baseUrl), newPerson(baseUrl)]);
  });

  const onSale = async (title: string): Promise<Ticket> => {
    const { status, body } = await seller.sell({ title, price: 19.99 });
    expect(status).toBe(201);
    return body;
  };

  /** An order that is made; anything else has its reason shown. */
  const reserved = async (by: Person, ticket: Ticket): Promise<Order> => {
    const { status, body } = await by.reserve(ticket.id);
    expect([status, body.errors]).toEqual([201, undefined]);
    return body;
  };
  const letGo = async (by: Person, order: Order): Promise<void> => {
    expect((await by.release(order.id)).status).toBe(204);
  };

  describe('people', () => {
    it('sign up, are known, sign out and in again', async () => {
      const person = new Person(system().baseUrl);
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
      const stranger = new Person(system().baseUrl);
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
      const answer = await fetch(`${system().baseUrl}${path}`);
      expect(answer.status).toBe(404);
      expect(await answer.text()).not.toMatch(/"status":"ok"|process_cpu/);
    });
  });

  describe('a post', () => {
    it('is written about a ticket, read on its page, liked once, commented on, and deleted', async () => {
      const ticket = await onSale(`Talked about ${word()}`);
      const { body: post } = await seller.post('Who goes?', ticket.id);
      const like = () => buyer.ask('PUT', `/api/posts/${post.id}/like`);
      expect([(await like()).body, (await like()).body]).toEqual([
        { likes: 1, likedByMe: true },
        { likes: 1, likedByMe: true },
      ]);
      expect((await other.comment(post.id, 'I do.')).status).toBe(201);
      const about = await other.ask<Post[]>('GET', `/api/posts?ticketId=${ticket.id}`);
      expect(about.body).toMatchObject([{ id: post.id, text: 'Who goes?', likes: 1, comments: 1 }]);
      expect((await seller.ask('DELETE', `/api/posts/${post.id}`)).status).toBe(204);
      expect((await other.seePost(post.id)).status).toBe(404);
    });
  });

  describe('a ticket', () => {
    it('is put up for sale, found in the list and by its words, edited and withdrawn', async () => {
      const title = `Elbphilharmonie ${word()}`;
      const ticket = await onSale(title);
      expect(ticket).toMatchObject({ title, price: 19.99, currency: 'usd', status: 'on sale', version: 0 });
      const unique = title.split(' ')[1] ?? '';
      const stranger = new Person(system().baseUrl);
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
      const order = await reserved(buyer, ticket);
      expect(order).toMatchObject({
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
          orderId: order.id,
        });
      });
      expect((await seller.edit(ticket.id, { title: 'dearer', price: 99 })).status).toBe(400);
      expect((await seller.withdraw(ticket.id)).status).toBe(400);

      await letGo(buyer, order);
      expect((await buyer.order(order.id)).body.status).toBe('cancelled');
      await eventually(async () => {
        expect((await buyer.tickets(`?q=${unique}`)).body.map(({ id }) => id)).toEqual([ticket.id]);
      });
      await letGo(other, await reserved(other, ticket));
    });

    it('is not for the one who sells the ticket', async () => {
      const ticket = await onSale(word());
      await letGo(buyer, await reserved(buyer, ticket));
      const own = await seller.reserve(ticket.id);
      expect(own.status).toBe(400);
      expect(own.body.errors).toEqual([
        { message: 'You cannot reserve your own ticket', code: 'own_ticket' },
      ]);
      expect((await seller.orders()).body).toEqual([]);
    });

    it('made at once after the ticket is never told 404', async () => {
      for (let n = 0; n < 10; n += 1) {
        await letGo(buyer, await reserved(buyer, await onSale(word())));
      }
    });

    it(
      'that is not paid in time is cancelled within 5 seconds, and the ticket is on sale again',
      async () => {
        const unique = word();
        const ticket = await onSale(unique);
        const order = await reserved(buyer, ticket);
        const due = Date.parse(order.expiresAt);
        const by = due + GRACE_MS + (system().own === undefined ? ELSEWHERE_MS : SEEN_MS);
        const ended = await eventually(async () => {
          expect((await buyer.order(order.id)).body).toMatchObject({
            status: 'cancelled',
            reason: 'expired',
          });
          return Date.now();
        }, by - Date.now());
        expect(ended).toBeGreaterThanOrEqual(due - 1_000);
        await eventually(async () => {
          expect((await buyer.tickets(`?q=${unique}`)).body.map(({ id }) => id)).toEqual([ticket.id]);
        }, by - Date.now());
      },
      WHOLE_HOLD_MS,
    );

    it('is seen, listed and cancelled by its buyer alone', async () => {
      const ticket = await onSale(word());
      const order = await reserved(buyer, ticket);
      expect((await other.order(order.id)).body).toMatchObject({ errors: [{ code: 'not_yours' }] });
      expect((await other.release(order.id)).status).toBe(401);
      const theirs = await everyPage<Order>(other, '/api/orders');
      expect(theirs.map(({ id }) => id)).not.toContain(order.id);
      const mine = await everyPage<Order>(buyer, '/api/orders?limit=3');
      expect(mine[0]?.id).toBe(order.id);
      expect(new Set(mine.map(({ id }) => id)).size).toBe(mine.length);
      await letGo(buyer, order);
    });
  });
};
