/** What the demo data is, as requests of its people. Done again, it adds only what is not there. */
import { demo, demoPeople, demoPosts, demoTickets } from './demo.ts';
import type { Visit } from './visitor.ts';

/** Puts in all of it. @returns how many there are of each */
export const putIn = async (visit: Visit): Promise<{ accounts: number; tickets: number; posts: number }> => {
  const sessions = new Map<string, string>();
  for (const [email, { handle }] of Object.entries(demoPeople))
    sessions.set(handle, await signUpOrIn(visit, email));
  const sessionOf = (handle: string): string => sessions.get(handle) ?? '';
  const tickets = await putUpTickets(visit, sessionOf(demoPeople[demo.seller.email]?.handle ?? ''));
  await introduce(visit, sessionOf);
  await talk(visit, sessionOf, tickets);
  return { accounts: sessions.size, tickets: demoTickets.length, posts: demoPosts.length };
};

/** @returns the session, as the Cookie header wants it */
const signUpOrIn = async (visit: Visit, email: string): Promise<string> => {
  const body = { email, password: demo.password };
  const signedUp = await visit('POST', '/api/users/signup', { body }, [201, 400]);
  if (signedUp.status === 201) return signedUp.session;
  // Somebody was here before: a seeding that was interrupted.
  return (await visit('POST', '/api/users/signin', { body }, [200])).session;
};

const startOf = ([days, time]: readonly [number, string]): string => {
  const day = new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  return `${day}T${time}:00Z`;
};

/** @returns the id of each ticket, by its title */
const putUpTickets = async (visit: Visit, session: string): Promise<ReadonlyMap<string, string>> => {
  const mine = await visit<{ id: string; title: string }[]>('GET', '/api/tickets?userId=me&limit=100', {
    session,
  });
  const there = new Map(mine.body.map(({ id, title }) => [title, id]));
  for (const { title, price, place, in: when } of demoTickets.filter(({ title }) => !there.has(title))) {
    const body = { title, price, place, startsAt: startOf(when) };
    const { body: made } = await visit<{ id: string }>('POST', '/api/tickets', { session, body }, [201]);
    there.set(title, made.id);
  }
  return there;
};

type SessionOf = (handle: string) => string;

/** What people say of themselves, and whom they follow. What somebody has changed since is left alone. */
const introduce = async (visit: Visit, sessionOf: SessionOf): Promise<void> => {
  const profiles = Object.values(demoPeople);
  for (const { follows: _whom, ...body } of profiles) {
    const session = sessionOf(body.handle);
    const { status } = await visit('GET', '/api/profiles/me', { session }, [200, 404]);
    if (status === 404) await visit('PUT', '/api/profiles/me', { session, body });
  }
  for (const { handle, follows = [] } of profiles)
    for (const whom of follows)
      await visit('PUT', `/api/profiles/${whom}/follow`, { session: sessionOf(handle) }, [200, 404]);
};

interface Written {
  readonly id: string;
  readonly text: string;
}

/** Posts, with their comments and likes. */
const talk = async (
  visit: Visit,
  sessionOf: SessionOf,
  tickets: ReadonlyMap<string, string>,
): Promise<void> => {
  const { body: written } = await visit<Written[]>('GET', '/api/posts?limit=100', {});
  const like = async (path: string, people: readonly string[] = []) => {
    for (const handle of people) await visit('PUT', `${path}/like`, { session: sessionOf(handle) });
  };
  for (const { by, text, about = '', likedBy, comments = [] } of demoPosts) {
    const body = { text, ticketId: tickets.get(about) };
    const session = sessionOf(by);
    const known = written.find((post) => post.text === text);
    const post = known ?? (await visit<Written>('POST', '/api/posts', { session, body }, [201])).body;
    await like(`/api/posts/${post.id}`, likedBy);
    const path = `/api/posts/${post.id}/comments`;
    const { body: said } = await visit<Written[]>('GET', path, {});
    for (const each of comments) {
      const sent = { session: sessionOf(each.by), body: { text: each.text } };
      const there = said.find((comment) => comment.text === each.text);
      const comment = there ?? (await visit<Written>('POST', path, sent, [201])).body;
      await like(`/api/comments/${comment.id}`, each.likedBy);
    }
  }
};
