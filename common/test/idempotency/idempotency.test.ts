import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '../../src/clock/index.ts';
import { BadRequest, TooManyRequests, Unavailable } from '../../src/errors/index.ts';
import { type TicketState, ticketCreated } from '../../src/events/index.ts';
import { body, pathId, post, put, type SessionUser, signedIn, text } from '../../src/http/index.ts';
import {
  type IdempotencyKey,
  idempotency,
  idempotencyIndex,
  idempotencyKey,
  withKey,
} from '../../src/idempotency/index.ts';
import { aggregateSchema, aggregateStore } from '../../src/outbox/index.ts';
import { type ServiceDeps, type ServiceParts, serviceApp } from '../../src/service/index.ts';
import {
  aTicketState,
  explainQueries,
  newId,
  startTestService,
  type TestService,
  testDatabaseUrl,
  testSessions,
} from '../../src/testing/index.ts';

const sessions = testSessions();
const HOUR_MS = 60 * 60 * 1000;

/** A shop that sells by title: `taken` is refused, `busy` and `crash` fail on the way. */
const shop =
  (shared: Shared) =>
  (deps: ServiceDeps): ServiceParts => {
    const schema = idempotencyIndex(
      aggregateSchema({
        userId: { type: String },
        title: { type: String },
        price: { amount: { type: Number }, currency: { type: String } },
        listed: { type: Boolean },
        status: { type: String },
      }),
    );
    const store = aggregateStore<TicketState, typeof ticketCreated>({
      mongo: deps.mongo,
      name: 'tickets',
      schema,
      source: 'shop',
      toPublic: (ticket) => ticket,
      relay: deps.relay,
    });
    const { mongo } = deps;
    const once = idempotency<{ id: string; title: string }>({
      mongo,
      model: store.model,
      clock: shared.clock,
      ...(shared.answerOf === undefined ? {} : { answerOf: shared.answerOf }),
    });
    const create = once(
      async (command: { user: SessionUser; title: string; idempotency?: IdempotencyKey }) => {
        shared.calls += 1;
        await shared.before();
        if (command.title === 'taken')
          throw new BadRequest('ticket_reserved', `Taken at call ${shared.calls}`);
        if (command.title === 'busy') throw new TooManyRequests(1);
        if (command.title === 'broken') throw new Error('broken');
        const ticket = aTicketState({ userId: command.user.id, title: command.title });
        const answer = { id: ticket.id, title: ticket.title };
        await store.insert(
          ticket,
          ticketCreated,
          withKey(command.user, command.idempotency, shared.clock.now(), answer),
        );
        await shared.after();
        return answer;
      },
    );
    const offer = body({ title: text('Title', { min: 1, max: 50 }) });
    const routes = [
      post('/api/tickets', [signedIn, offer, idempotencyKey], create, 201),
      put('/api/tickets/:id', [pathId('Ticket'), offer], async ({ id, title }) => {
        await store.model.updateOne({ _id: id }, { $set: { title }, $inc: { version: 1 } });
        return {};
      }),
    ];
    const config = {
      SESSION_PUBLIC_KEYS: sessions.jwks,
      COOKIE_SECURE: false,
      TRUST_PROXY_HOPS: 0,
      RATE_LIMITS: false,
    };
    return { app: serviceApp(deps, config, { routes }) };
  };

interface Shared {
  calls: number;
  clock: Clock;
  before: () => Promise<void>;
  after: () => Promise<void>;
  /** What came of a ticket by now; without it, the answer is what was said first. */
  answerOf?: (id: string) => Promise<{ id: string; title: string }>;
}

const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

const someone = sessions.user();

interface Sold {
  readonly status: number;
  readonly body: { id?: string; errors?: { code: string; message: string }[] };
}

/** @param json the body as it is sent */
const send = async (
  service: TestService,
  json: string,
  key: string | undefined,
  user = someone,
): Promise<Sold> => {
  const response = await fetch(`${service.url}/api/tickets`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Cookie: sessions.cookie(user),
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
    },
    body: json,
  });
  return { status: response.status, body: (await response.json()) as never };
};

const sell = (service: TestService, title: unknown, key: string | undefined, user = someone) =>
  send(service, JSON.stringify({ title }), key, user);

describe('creating something with an Idempotency-Key', () => {
  let first: TestService;
  let second: TestService;
  const offset = { ms: 0 };
  const shared: Shared = {
    calls: 0,
    clock: { now: () => new Date(Date.now() + offset.ms) },
    before: async () => {},
    after: async () => {},
  };

  beforeAll(async () => {
    const MONGO_URL = testDatabaseUrl();
    first = await startTestService('shop', shop(shared), { config: { MONGO_URL } });
    second = await startTestService('shop', shop(shared), { config: { MONGO_URL }, broker: first.broker });
  });
  afterAll(async () => {
    await second.stop();
    await first.end();
  });
  beforeEach(() => {
    shared.calls = 0;
  });
  afterEach(() => {
    offset.ms = 0;
    shared.before = async () => {};
    shared.after = async () => {};
  });

  const created = () => first.deps.mongo.collection('tickets').countDocuments({});

  it('gives the first answer again for the same key and body, and creates nothing', async () => {
    const before = await created();
    const answers = [
      await sell(first, 'A', 'k1'),
      await sell(first, 'A', 'k1'),
      await sell(second, 'A', 'k1'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(await created()).toBe(before + 1);
    expect(shared.calls).toBe(1);
  });

  it('gives the first answer even when the ticket has been changed since', async () => {
    const answer = await sell(first, 'As it was', 'k-edited');
    await fetch(`${first.url}/api/tickets/${answer.body.id}`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ title: 'As it is' }),
    });
    expect(await sell(first, 'As it was', 'k-edited')).toEqual(answer);
  });

  it('refuses the same key with another body', async () => {
    await sell(first, 'A', 'k2');
    const answer = await sell(first, 'B', 'k2');
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.code).toBe('idempotency_key_reused');
  });

  it('knows the same body again in whatever order its fields come', async () => {
    const answer = await send(first, '{"title":"A","more":[{"x":1,"y":2}]}', 'k-order');
    expect(await send(first, '{"more":[{"y":2,"x":1}],"title":"A"}', 'k-order')).toEqual(answer);
    const other = await send(first, '{"more":[{"y":1,"x":2}],"title":"A"}', 'k-order');
    expect(other.body.errors?.[0]?.code).toBe('idempotency_key_reused');
  });

  it.each([
    ['lists', '['.repeat(3_000), ']'.repeat(3_000)],
    ['objects', `${'{"a":'.repeat(2_000)}1`, '}'.repeat(2_000)],
  ])('refuses a body of %s nested too deeply to be compared', async (_what, opening, closing) => {
    const answer = await send(first, `{"title":"A","more":${opening}${closing}}`, 'k-deep');
    expect(answer).toEqual({
      status: 400,
      body: { errors: [{ message: 'The body is nested too deeply', code: 'invalid_json' }] },
    });
    expect(shared.calls).toBe(0);
  });

  it('keeps the keys of two people apart', async () => {
    const mine = await sell(first, 'A', 'k3');
    const theirs = await sell(first, 'B', 'k3', sessions.user());
    expect(theirs.status).toBe(201);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it('creates each time without a key', async () => {
    const one = await sell(first, 'A', undefined);
    const other = await sell(first, 'A', undefined);
    expect(one.body.id).not.toBe(other.body.id);
  });

  it.each([['two words'], ['x'.repeat(256)]])('refuses a key that is none', async (key) => {
    const answer = await sell(first, 'A', key);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.code).toBe('invalid_idempotency_key');
  });

  it('says 409 while the first request is running, on every replica, and 400 if it has another body', async () => {
    const { open, opened } = gate();
    const started = gate();
    shared.before = async () => {
      started.open();
      await opened;
    };
    const running = sell(first, 'A', 'k4');
    await started.opened;
    const again = await sell(second, 'A', 'k4');
    const other = await sell(second, 'B', 'k4');
    open();
    expect(again.status).toBe(409);
    expect(again.body.errors?.[0]?.code).toBe('idempotency_key_running');
    expect(other.status).toBe(400);
    expect((await running).status).toBe(201);
    expect(await sell(second, 'A', 'k4')).toEqual(await running);
  });

  it('creates one thing of twenty requests at once over two replicas', async () => {
    const before = await created();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => sell(index % 2 === 0 ? first : second, 'A', 'k5')),
    );
    const ids = new Set(answers.filter(({ status }) => status === 201).map((answer) => answer.body.id));
    expect(ids.size).toBe(1);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect(await created()).toBe(before + 1);
  });

  it('replays a refusal, and runs nothing', async () => {
    const refused = await sell(first, 'taken', 'k6');
    expect(refused.status).toBe(400);
    expect(await sell(second, 'taken', 'k6')).toEqual(refused);
    expect(shared.calls).toBe(1);
  });

  it.each([
    ['busy', 429],
    ['broken', 500],
  ])('does not remember an answer that is only about now (%s)', async (title, status) => {
    expect((await sell(first, title, `k7-${title}`)).status).toBe(status);
    expect((await sell(first, title, `k7-${title}`)).status).toBe(status);
    expect(shared.calls).toBe(2);
  });

  it('has its effect once when a crash fell between effect and answer', async () => {
    const before = await created();
    const { open, opened } = gate();
    const saved = gate();
    shared.after = async () => {
      saved.open();
      await opened; // not before all is over: this is the process that died
    };
    const lost = sell(first, 'A', 'k8');
    await saved.opened;
    shared.after = async () => {};
    const answer = await sell(second, 'A', 'k8');
    expect(answer.status).toBe(201);
    expect(await created()).toBe(before + 1);
    open();
    await lost;
  });

  it('lets the key run again when a crash fell before the effect, once its lease is over', async () => {
    const before = await created();
    const { open, opened } = gate();
    const started = gate();
    shared.before = async () => {
      started.open();
      await opened; // not before all is over
    };
    const lost = sell(first, 'A', 'k9');
    await started.opened;
    shared.before = async () => {};
    expect((await sell(second, 'A', 'k9')).status).toBe(409);
    offset.ms = 31_000;
    expect((await sell(second, 'A', 'k9')).status).toBe(201);
    expect(await created()).toBe(before + 1);
    open();
    await lost;
  });

  it('creates once when a slow request outlives its lease and another takes over', async () => {
    const before = await created();
    const { open, opened } = gate();
    const started = gate();
    shared.before = async () => {
      started.open();
      await opened;
    };
    const slow = sell(first, 'A', 'k10');
    await started.opened;
    shared.before = async () => {};
    offset.ms = 31_000;
    const fast = await sell(second, 'A', 'k10');
    open();
    expect(await slow).toEqual(fast);
    expect(await created()).toBe(before + 1);
  });

  it('forgets a key after 24 hours, the created thing stays', async () => {
    const before = await created();
    const old = await sell(first, 'A', 'k11');
    const oldRefusal = await sell(first, 'taken', 'k11-refused');
    offset.ms = 24 * HOUR_MS + 1_000;
    const fresh = await sell(first, 'B', 'k11');
    const freshRefusal = await sell(first, 'taken', 'k11-refused');
    expect(fresh.status).toBe(201);
    expect(fresh.body.id).not.toBe(old.body.id);
    expect(freshRefusal.body).not.toEqual(oldRefusal.body);
    expect(await created()).toBe(before + 2);
  });

  it('asks only questions that an index answers', async () => {
    const user = sessions.user({ id: newId() });
    const plans = await explainQueries(first.deps.mongo, async () => {
      await sell(first, 'A', 'k12', user);
      await sell(first, 'A', 'k12', user);
      await sell(first, 'taken', 'k13', user);
      await sell(first, 'taken', 'k13', user);
    });
    const mine = plans.filter(({ collection }) => ['tickets', 'idempotency_keys'].includes(collection));
    expect(mine.length).toBeGreaterThan(5);
    expect(mine.filter(({ stages }) => stages.includes('COLLSCAN'))).toEqual([]);
  });
});

describe('creating something whose answer is made from what became of it', () => {
  let service: TestService;
  let became: (id: string) => Promise<{ id: string; title: string }>;
  const shared: Shared = {
    calls: 0,
    clock: { now: () => new Date() },
    before: async () => {},
    after: async () => {},
    answerOf: (id) => became(id),
  };
  beforeAll(async () => {
    service = await startTestService('shop', shop(shared));
  });
  afterAll(() => service.end());
  beforeEach(() => {
    shared.calls = 0;
  });

  it('gives that answer for the same key', async () => {
    await sell(service, 'A', 'k1');
    became = async (id) => ({ id, title: 'As it is by now' });
    const again = await sell(service, 'A', 'k1');
    expect(again).toMatchObject({ status: 201, body: { title: 'As it is by now' } });
    expect(shared.calls).toBe(1);
  });

  it.each([
    ['busy', new TooManyRequests(1)],
    ['away', new Unavailable()],
  ])(
    'begins anew where it is only about now (%s), as the answer says, and under the same key',
    async (_, notNow) => {
      const key = `k2-${notNow.status}`;
      const first = await sell(service, 'A', key);
      became = async () => {
        throw notNow;
      };
      const second = await sell(service, 'A', key);
      expect(second.status).toBe(201);
      expect(second.body.id).not.toBe(first.body.id);
      became = async (id) => ({ id, title: 'A' });
      expect((await sell(service, 'A', key)).body.id).toBe(second.body.id);
      expect(shared.calls).toBe(2);
    },
  );

  it('begins anew once, of twenty requests at once', async () => {
    const { id: first } = (await sell(service, 'A', 'k3')).body;
    became = async (id) => {
      if (id === first) throw new Unavailable();
      return { id, title: 'A' };
    };
    const answers = await Promise.all(Array.from({ length: 20 }, () => sell(service, 'A', 'k3')));
    const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect(shared.calls).toBe(2);
  });

  it.each([
    ['is refused for good', new BadRequest('ticket_reserved', 'Taken'), 400],
    ['cannot be known', new Error('the store is away'), 500],
  ])('keeps its key where it %s', async (_, error, status) => {
    const key = `k4-${status}`;
    await sell(service, 'A', key);
    became = async () => {
      throw error;
    };
    expect((await sell(service, 'A', key)).status).toBe(status);
    expect((await sell(service, 'A', key)).status).toBe(status);
    expect(shared.calls).toBe(1);
  });
});
