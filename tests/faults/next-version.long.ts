/**
 * Replicas of this version run beside those of the next one, on documents which that has given fields that this one does not
 * know, and after a way back they have them all to themselves (docs/decisions/0013-migrations.md).
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { MongoClient } from 'mongodb';
import { sellerAndBuyer } from '../support/seller-and-buyer.ts';
import type { Order, Ticket } from '../support/shop.ts';
import { withDatabase } from '../support/system.ts';

const HOLD_SECONDS = 15;
const MINUTES = 60_000;
const here = sellerAndBuyer({ holdSeconds: HOLD_SECONDS });

const ADDED = { kind: 'of the next version', seats: [1, 2], tags: [] };
/** Copies of what others have published, written anew with each of its versions; notes; and what is counted. */
const OTHERS =
  /^(store_watch|rate_limits|migrations|dead_letters|idempotency_keys)$|^orders\.tickets$|^payments\.orders$/;

let mongo: MongoClient;
beforeAll(async () => {
  mongo = await MongoClient.connect(here().system.run.mongoUri);
});
afterAll(() => mongo.close());

/** The collections of what the services themselves decide on, as `orders.orders`. */
const owned = async (): Promise<string[]> => {
  const all = await Promise.all(
    withDatabase.map(async (name) =>
      (await mongo.db(name).listCollections().toArray()).map((one) => `${name}.${one.name}`),
    ),
  );
  return all.flat().filter((name) => !OTHERS.test(name) && !OTHERS.test(name.split('.')[1] ?? ''));
};
const collection = (name: string) => mongo.db(name.split('.')[0]).collection(name.split('.')[1] ?? '');

describe('a document with a field that this version does not know', () => {
  it(
    'lives on through everything that can happen to it, and keeps the field',
    async () => {
      const { seller, buyer } = here();
      const onSale = async (title: string): Promise<Ticket> =>
        (await seller.sell({ title, price: 19.99 })).body;
      const reserved = async (title: string): Promise<Order> => {
        const ticket = await onSale(title);
        const { status, body } = await buyer.reserve(ticket.id);
        expect(status).toBe(201);
        return body;
      };
      const statusOf = async ({ id }: Order) => (await buyer.order(id)).body.status;

      const [edited, withdrawn, taken] = [
        await onSale('edited'),
        await onSale('withdrawn'),
        await onSale('taken'),
      ];
      const paidBefore = await reserved('paid before');
      expect((await buyer.pay(paidBefore.id, 'tok_visa')).status).toBe(201);
      const [released, lapsed] = [await reserved('released'), await reserved('lapsed')];
      const declined = await reserved('declined');
      expect((await buyer.pay(declined.id, 'tok_chargeDeclined')).status).toBe(402);
      await eventually(async () =>
        expect((await seller.ticket(lapsed.ticket.id)).body.status).toBe('reserved'),
      );

      expect((await seller.introduce('Mira')).status).toBe(200);
      const { body: post } = await seller.post('Before');
      const path = `/api/posts/${post.id}`;
      expect((await buyer.comment(post.id, 'Before')).status).toBe(201);
      expect((await buyer.ask('PUT', `${path}/like`)).status).toBe(200);
      expect((await buyer.ask('POST', '/api/reports', { postId: post.id, reason: 'other' })).status).toBe(
        201,
      );
      expect((await buyer.ask('PUT', `/api/profiles/${post.author.handle}/follow`)).status).toBe(200);

      const names = await owned();
      const said = ['audit', 'blocks', 'comments', 'follows', 'likes', 'posts', 'profiles', 'reports'];
      expect(names.sort()).toEqual([
        ...['auth.sessions', 'auth.users', ...said.map((name) => `community.${name}`), 'orders.orders'],
        ...['payments.payments', 'payments.webhooks', 'tickets.tickets'],
      ]);
      const given = new Map<string, number>();
      for (const name of names) {
        const { modifiedCount } = await collection(name).updateMany(
          {},
          { $set: { fromTheNextVersion: ADDED } },
        );
        given.set(name, modifiedCount);
      }

      // Each kind of change: of people, of the arbiter, of sweepers, workers and reactions.
      expect((await buyer.pay(declined.id, 'tok_visa')).status).toBe(201);
      expect((await buyer.release(released.id)).status).toBe(204);
      expect((await buyer.reserve(taken.id)).status).toBe(201);
      expect((await seller.edit(edited.id, { title: 'edited twice', price: 20 })).body).toMatchObject({
        version: 1,
      });
      expect((await seller.withdraw(withdrawn.id)).status).toBe(204);
      expect((await seller.ask('GET', '/api/users/currentuser')).body).toMatchObject({ currentUser: {} });
      expect((await seller.ask('PUT', '/api/profiles/me', { name: 'Mira Öztürk' })).status).toBe(200);
      expect((await seller.ask('PUT', path, { text: 'After' })).status).toBe(200);
      expect((await buyer.ask('PUT', `${path}/like`)).body).toEqual({ likes: 1, likedByMe: true });
      const { body: comments } = await buyer.comments(post.id);
      expect((await seller.ask('DELETE', `/api/comments/${comments[0]?.id}`)).status).toBe(204);
      await eventually(
        async () => {
          expect(await statusOf(declined)).toBe('completed');
          expect(await statusOf(lapsed)).toBe('cancelled');
          expect((await seller.ticket(lapsed.ticket.id)).body.status).toBe('on sale');
          expect((await seller.ticket(declined.ticket.id)).body.status).toBe('sold');
          expect((await seller.ticket(released.ticket.id)).body.status).toBe('on sale');
        },
        HOLD_SECONDS * 1_000 + MINUTES,
      );
      expect(await statusOf(paidBefore)).toBe('completed');
      await eventually(async () => {
        const captured = await collection('payments.payments').countDocuments({ status: 'captured' });
        expect(captured).toBe(2);
      });

      for (const name of names) {
        const kept = await collection(name).countDocuments({ fromTheNextVersion: ADDED });
        expect([name, kept]).toEqual([name, given.get(name)]);
      }
      // Nobody but the two who made them sees such a field.
      const shown = [
        (await seller.ticket(edited.id)).body,
        (await buyer.order(lapsed.id)).body,
        (await buyer.orders()).body,
        (await seller.tickets('?userId=me')).body,
        (await buyer.ask('GET', '/api/users/currentuser')).body,
        (await buyer.seePost(post.id)).body,
        (await buyer.ask('GET', `/api/profiles/${post.author.handle}`)).body,
        (await seller.ask('GET', '/api/profiles/me')).body,
      ];
      expect(JSON.stringify(shown)).not.toContain('next version');
    },
    5 * MINUTES,
  );
});
