/** The community service as its tests meet it: whole, over HTTP, by people who are signed in or not. */
import type { Clock } from '@ticketing/common/clock';
import type { SessionUser } from '@ticketing/common/http';
import { startTestService, testSessions } from '@ticketing/common/testing';
import request, { type Test } from 'supertest';
import type { CommentAnswer, OwnProfileAnswer, PostAnswer } from '../src/answer.ts';
import { community } from '../src/app.ts';
import type { CommunityConfig } from '../src/config.ts';
import { openStores } from '../src/store/open-stores.ts';
import type { Deps } from '../src/use-cases/deps.ts';

export const sessions = testSessions();

export const communityConfig: CommunityConfig = {
  SESSION_PUBLIC_KEYS: sessions.jwks,
  COOKIE_SECURE: false,
  TRUST_PROXY_HOPS: 0,
  RATE_LIMITS: false,
};

/** Each has a handle of its own. */
let people = 0;

/** Fails with what was answered instead. */
const expected = async <T>(status: number, asked: Test): Promise<T> => {
  const answer = await asked;
  if (answer.status !== status)
    throw new Error(`expected ${status}, but got ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
};

/** Somebody at the service's HTTP API: signed in as `user`, or a visitor. */
export const person = (url: string, user?: SessionUser) => {
  const cookie = user === undefined ? {} : { Cookie: sessions.cookie(user) };
  const send =
    (method: 'get' | 'post' | 'put' | 'delete') =>
    (path: string, json?: unknown): Test => {
      const asked = request(url)[method](path).set(cookie);
      return json === undefined ? asked : asked.send(json as object);
    };
  const [get, post, put, del] = [send('get'), send('post'), send('put'), send('delete')];
  people += 1;
  const handle = `person_${people}`;
  return {
    id: user?.id ?? '',
    user,
    /** Theirs once they are `known`. */
    handle,
    get,
    post,
    put,
    delete: del,
    known: (fields: object = {}): Promise<OwnProfileAnswer> =>
      expected(200, put('/api/profiles/me', { handle, name: handle, ...fields })),
    writes: (text = 'What a night.', more: object = {}): Promise<PostAnswer> =>
      expected(201, post('/api/posts', { text, ...more })),
    comments: (id: string, text = 'I was there, too.'): Promise<CommentAnswer> =>
      expected(201, post(`/api/posts/${id}/comments`, { text })),
    likes: (what: PostAnswer | CommentAnswer): Promise<unknown> =>
      expected(200, put(`/api/${'postId' in what ? 'comments' : 'posts'}/${what.id}/like`)),
    blocks: (other: string): Promise<unknown> => expected(200, put(`/api/profiles/${other}/block`)),
    follows: (other: string): Promise<unknown> => expected(200, put(`/api/profiles/${other}/follow`)),
    sees: (path: string): Promise<PostAnswer> => expected(200, get(path)),
    reads: <T = PostAnswer>(path: string): Promise<T[]> => expected(200, get(path)),
  };
};

export type Person = ReturnType<typeof person>;

/** Texts of posts or comments, in their order. */
export const texts = (written: readonly { readonly text: string }[]): string[] =>
  written.map(({ text }) => text);

/** Where the next page is, as an answer says. */
export const nextOf = ({
  headers,
}: {
  readonly headers: Readonly<Record<string, string>>;
}): string | undefined => /^<([^>]+)>; rel="next"$/.exec(headers.link ?? '')?.[1];

/** Every item of a list, page by page. @param between what happens after each page */
export const everyPage = async <T = PostAnswer>(
  { get }: Pick<Person, 'get'>,
  path: string,
  between: () => Promise<unknown> = async () => {},
): Promise<T[]> => {
  const all: T[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer = await get(next).expect(200);
    all.push(...answer.body);
    next = nextOf(answer);
    await between();
  }
  return all;
};

/** Starts the service, whole, on a database of its own. */
export const openTown = async (
  options: Parameters<typeof startTestService>[2] = {},
  settings: Partial<CommunityConfig> = {},
) => {
  const config = { ...communityConfig, ...settings };
  const service = await startTestService('community', (deps) => community(deps, config), options);
  const clock: Clock = options.clock ?? service.deps.clock;
  /** What an operator's command has: another connection to the same database would be the same. */
  const operators: Deps = { ...openStores(service.deps), clock };
  return {
    ...service,
    operators,
    visitor: person(service.url),
    /** Somebody new who is signed in. */
    somebody: () => person(service.url, sessions.user()),
    /** Somebody new with a profile. */
    async neighbour(): Promise<Person> {
      const somebody = person(service.url, sessions.user());
      await somebody.known();
      return somebody;
    },
    /** One run of a periodic job. */
    job: async (name: string) => service.parts.jobs?.find((each) => each.name === name)?.run(),
  };
};

export type Town = Awaited<ReturnType<typeof openTown>>;
