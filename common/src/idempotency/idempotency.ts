import { createHash, randomUUID } from 'node:crypto';
import { type Connection, type Model, Schema } from 'mongoose';
import { type Clock, systemClock } from '../clock/index.ts';
import { BadRequest, type ErrorLine, Refusal } from '../errors/index.ts';
import type { Check, SessionUser } from '../http/index.ts';
import type { Beside } from '../outbox/index.ts';
import { isDuplicateKey } from '../replica/index.ts';
import { IDEMPOTENCY_INDEX } from './idempotency-index.ts';

/** The Idempotency-Key of a request (draft-ietf-httpapi-idempotency-key-header), with a hash of what was asked. */
export interface IdempotencyKey {
  readonly key: string;
  readonly bodyHash: string;
}

/** 400: the header is not 1 to 255 printable ASCII characters. */
class InvalidIdempotencyKey extends BadRequest {
  constructor() {
    super('invalid_idempotency_key', 'Idempotency-Key must be 1 to 255 printable ASCII characters');
  }
}

/** 400: the same key came with another body. */
class IdempotencyKeyReused extends BadRequest {
  constructor() {
    super('idempotency_key_reused', 'This Idempotency-Key was used with another body');
  }
}

/** 409: the first request with this key has not been answered yet. */
class IdempotencyKeyRunning extends Refusal {
  constructor() {
    super(
      409,
      [{ message: 'A request with this Idempotency-Key is running', code: 'idempotency_key_running' }],
      1,
    );
  }
}

/** A refusal that was given before. */
class ReplayedRefusal extends Refusal {}

const KEY = /^[\x21-\x7e]{1,255}$/;

/** 400: deeper than any body of ours by far. Deeper still, reading it would use up the stack. */
class NestedTooDeeply extends BadRequest {
  constructor() {
    super('invalid_json', 'The body is nested too deeply');
  }
}

/** Lists and objects inside each other, at most. */
const MAX_DEPTH = 32;

const withSortedKeys = (value: unknown, depth: number): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) throw new NestedTooDeeply();
  if (Array.isArray(value)) return value.map((inner) => withSortedKeys(inner, depth + 1));
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, inner]) => [name, withSortedKeys(inner, depth + 1)]));
};

/** JSON with sorted keys, so that the same body hashes the same however it was written. @throws {NestedTooDeeply} */
const canonical = (value: unknown): string => JSON.stringify(withSortedKeys(value, 0));

/** Reads the header; stands after `body`, whose hash it takes. */
export const idempotencyKey: Check<{ idempotency?: IdempotencyKey }> = {
  run(request) {
    const key = request.get('idempotency-key');
    if (key === undefined) return {};
    if (!KEY.test(key)) throw new InvalidIdempotencyKey();
    const asked = canonical([request.method, request.path, request.body]);
    return { idempotency: { key, bodyHash: createHash('sha256').update(asked).digest('base64url') } };
  },
};

/** What a use case saves beside the new aggregate: the key, and the answer that the same key will get again. */
export const withKey = (
  user: SessionUser,
  idempotency: IdempotencyKey | undefined,
  at: Date,
  answer?: unknown,
): Beside =>
  idempotency === undefined ? {} : { idempotency: { userId: user.id, ...idempotency, at, answer } };

const HOUR_MS = 60 * 60 * 1000;
/** A key is remembered for a day. */
const REMEMBERED_MS = 24 * HOUR_MS;
/** After a crash, the time until the same key may run again; longer than any request of ours takes. */
const LEASE_MS = 30_000;
const COLLECTION = 'idempotency_keys';

interface Run {
  readonly _id: string;
  readonly bodyHash: string;
  readonly run: string;
  readonly status?: number;
  readonly lines?: ErrorLine[];
  readonly retryAfter?: number;
  readonly expiresAt: Date;
}

const runSchema = new Schema(
  {
    _id: { type: String, required: true },
    bodyHash: { type: String, required: true },
    run: { type: String, required: true },
    status: { type: Number },
    lines: { type: [Schema.Types.Mixed], default: undefined },
    retryAfter: { type: Number },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, strict: 'throw', autoCreate: false, autoIndex: false },
);
runSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

interface KeyInDocument extends IdempotencyKey {
  readonly at: Date;
  readonly answer?: unknown;
}

export interface IdempotencyOptions<Answer> {
  readonly mongo: Connection;
  /** Of the aggregate that is created; its schema has `idempotencyIndex`. */
  readonly model: Model<Record<string, unknown>>;
  readonly clock?: Clock;
  /**
   * The answer, where it is not known when the aggregate is saved: made from the aggregate as it is by now. A refusal
   * that is only about the moment (429, 5xx, 409) frees the key.
   */
  readonly answerOf?: (id: string) => Promise<Answer>;
  /** True while the aggregate is saved but its answer is still being made: 409, as for every running request. */
  readonly isRunning?: (id: string) => Promise<boolean>;
}

interface Command {
  readonly user: SessionUser;
  readonly idempotency?: IdempotencyKey;
}

/** Only what the state of things refused is remembered: being too fast or unlucky is not an answer to keep. */
const isWorthReplaying = (error: unknown): error is Refusal =>
  error instanceof Refusal && error.status < 500 && error.status !== 429 && error.status !== 409;

/**
 * Makes creating something safe to ask for twice (docs/http.md, "Asking twice"): the same key and body by the same user
 * replays the first answer for 24 hours, another body is a 400, a running one a 409. What was created is told by the
 * document itself, which holds its key; refusals, and who is running, by a collection that expires.
 */
export const idempotency = <Answer>(options: IdempotencyOptions<Answer>) => {
  const { mongo, model, answerOf, isRunning, clock = systemClock } = options;
  const runs: Model<Run> = mongo.model<Run>(COLLECTION, runSchema as unknown as Schema<Run>, COLLECTION);

  /** Takes the key off the document that has it since `at`; the document stays without it. */
  const free = (_id: unknown, at: Date) =>
    model.updateOne({ _id, 'idempotency.at': at }, { $unset: { idempotency: 1 } });

  /** The answer that this key has already had, from the document that it created. */
  const created = async (
    userId: string,
    { key, bodyHash }: IdempotencyKey,
  ): Promise<{ answer: Answer } | undefined> => {
    const document = await model
      .findOne({ 'idempotency.userId': userId, 'idempotency.key': key }, { idempotency: 1 })
      .lean<{ _id: unknown; idempotency: KeyInDocument } | null>();
    if (document === null) return undefined;
    const { at, answer, bodyHash: first } = document.idempotency;
    if (at.getTime() + REMEMBERED_MS <= clock.now().getTime()) {
      // A day has passed.
      await free(document._id, at);
      return undefined;
    }
    if (first !== bodyHash) throw new IdempotencyKeyReused();
    const id = String(document._id);
    if (await isRunning?.(id)) throw new IdempotencyKeyRunning();
    if (answerOf === undefined) return { answer: answer as Answer };
    try {
      return { answer: await answerOf(id) };
    } catch (error) {
      if (!(error instanceof Refusal) || isWorthReplaying(error)) throw error;
      // What came of it is only "not now, try again": whoever does begins anew, under this very key.
      await free(document._id, at);
      return undefined;
    }
  };

  /** Marks the key as running, or throws what it was refused with, or that it runs already. */
  const claim = async (_id: string, bodyHash: string, run: string): Promise<void> => {
    const now = clock.now();
    const lease = { bodyHash, run, expiresAt: new Date(now.getTime() + LEASE_MS) };
    try {
      // Takes a key that nobody has, or one whose lease or memory is over (the TTL index comes only once a minute).
      await runs.findOneAndReplace({ _id, expiresAt: { $lte: now } }, lease, { upsert: true });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const other = await runs.findById(_id).lean<Run>();
      if (other === null) throw new IdempotencyKeyRunning();
      if (other.bodyHash !== bodyHash) throw new IdempotencyKeyReused();
      if (other.status === undefined || other.lines === undefined) throw new IdempotencyKeyRunning();
      throw new ReplayedRefusal(other.status, other.lines, other.retryAfter);
    }
  };

  /** Keeps a refusal, or frees the key. Only our own run: after a lease is over, it is somebody else's. */
  const settle = async (_id: string, run: string, error?: unknown): Promise<void> => {
    if (!isWorthReplaying(error)) {
      await runs.deleteOne({ _id, run });
      return;
    }
    const { status, lines, retryAfter } = error;
    await runs.updateOne(
      { _id, run },
      {
        $set: {
          status,
          lines: [...lines],
          ...(retryAfter === undefined ? {} : { retryAfter }),
          expiresAt: new Date(clock.now().getTime() + REMEMBERED_MS),
        },
      },
    );
  };

  /**
   * Wraps a use case that creates something and saves its key with `withKey`.
   * @throws {BadRequest} `idempotency_key_reused`; a 409 `idempotency_key_running`; what the use case throws
   */
  return <C extends Command>(useCase: (command: C) => Promise<Answer>) =>
    async (command: C): Promise<Answer> => {
      const { user, idempotency: given } = command;
      if (given === undefined) return useCase(command);

      const known = await created(user.id, given);
      if (known !== undefined) return known.answer;
      const _id = `${model.collection.name}/${user.id}/${given.key}`;
      const run = randomUUID();
      await claim(_id, given.bodyHash, run);
      try {
        // Somebody may have finished between the first look and the claim.
        const meanwhile = await created(user.id, given);
        const answer = meanwhile === undefined ? await useCase(command) : meanwhile.answer;
        await settle(_id, run);
        return answer;
      } catch (error) {
        if (isDuplicateKey(error, IDEMPOTENCY_INDEX)) {
          await settle(_id, run);
          const first = await created(user.id, given);
          if (first !== undefined) return first.answer;
        }
        await settle(_id, run, error);
        throw error;
      }
    };
};
