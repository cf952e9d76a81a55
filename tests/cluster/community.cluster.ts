/** What people say, in a cluster: there, and no condition for buying. */
import { afterAll, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { demoPosts } from '@ticketing/local/seed/demo';
import { newPerson, type Person, type Post } from '../support/shop.ts';
import { kubectl, notReady } from './support/cluster.ts';
import { customerThroughout } from './support/customers.ts';

const MINUTES = 60_000;
const baseUrl = process.env.BASE_URL ?? '';
const store = 'statefulset/community-mongo';

const customerHere = customerThroughout(500);

const posts = (person: Person) => person.ask<Post[]>('GET', '/api/posts?limit=100');

afterAll(async () => {
  await kubectl('scale', store, '--replicas=1');
  await eventually(async () => expect(await notReady()).toEqual([]), 3 * MINUTES);
}, 4 * MINUTES);

it(
  'the demo data is there, and anybody adds to it',
  async () => {
    const person = await newPerson(baseUrl);
    await eventually(async () => {
      const texts = (await posts(person)).body.map(({ text }) => text);
      expect(texts).toEqual(expect.arrayContaining(demoPosts.map(({ text }) => text)));
    }, 3 * MINUTES);
    const { body: post } = await person.post('From the cluster');
    const liked = await person.ask('PUT', `/api/posts/${post.id}/like`);
    expect([liked.status, liked.body]).toEqual([200, { likes: 1, likedByMe: true }]);
  },
  5 * MINUTES,
);

it(
  'while its store is away, people buy and sell as ever; then all of it is there again',
  async () => {
    const person = await newPerson(baseUrl);
    const before = (await posts(person)).body;
    await kubectl('scale', store, '--replicas=0');
    // The service says so itself, or is not ready, and then the ingress does, in words of its own.
    const away = async () => expect((await fetch(`${baseUrl}/api/posts`)).status).toBe(503);
    await eventually(away, 2 * MINUTES);
    const { purchases } = customerHere();
    const since = purchases.paid.length;
    await eventually(() => expect(purchases.paid.length - since).toBeGreaterThan(10), 2 * MINUTES);
    await away();
    await kubectl('scale', store, '--replicas=1');
    await eventually(async () => {
      const answer = await posts(person);
      expect([answer.status, answer.body]).toEqual([200, before]);
    }, 3 * MINUTES);
    expect(purchases.failures).toEqual([]);
  },
  8 * MINUTES,
);
