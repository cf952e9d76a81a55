import { randomBytes } from 'node:crypto';
import type { ServiceDeps } from '@ticketing/common/service';
import { Schema } from 'mongoose';
import { IDLE_SECONDS, idleSince, type Session } from '../session.ts';

type SessionDocument = Omit<Session, 'sid'> & { _id: string };

const schema = new Schema<SessionDocument>(
  {
    _id: { type: String, required: true },
    userId: { type: String, required: true },
    createdAt: { type: Date, required: true },
    lastUsedAt: { type: Date, required: true },
  },
  {
    versionKey: false,
    strict: 'throw',
    autoCreate: false,
    autoIndex: false,
  },
);
// Mongo removes what is over once a minute; until then `judge` and `renew` refuse it.
schema.index({ lastUsedAt: 1 }, { name: 'idle', expireAfterSeconds: IDLE_SECONDS });

const SID_BYTES = 16;

const toSession = ({ _id, ...fields }: SessionDocument): Session => ({ sid: _id, ...fields });

/** The records of sessions. Every write is majority and journalled before it resolves. */
export const openSessionStore = ({ mongo }: Pick<ServiceDeps, 'mongo'>) => {
  const model = mongo.model<SessionDocument>('sessions', schema, 'sessions');
  return {
    async begin(userId: string, now: Date): Promise<Session> {
      const sid = randomBytes(SID_BYTES).toString('base64url');
      await model.create([{ _id: sid, userId, createdAt: now, lastUsedAt: now }]);
      return { sid, userId, createdAt: now, lastUsedAt: now };
    },

    async find(sid: string): Promise<Session | undefined> {
      const document = await model.findById(sid).lean<SessionDocument>();
      return document === null ? undefined : toSession(document);
    },

    /**
     * Lets it live for another 30 days. Never brings one back: if it was ended a moment ago, it stays ended.
     * @returns false when it is over
     */
    async renew(sid: string, now: Date): Promise<boolean> {
      const { matchedCount } = await model.updateOne(
        { _id: sid, lastUsedAt: { $gt: idleSince(now) } },
        // Two renewals at once: the later moment stays.
        { $max: { lastUsedAt: now } },
      );
      return matchedCount === 1;
    },

    /** Ends it for good; ending it twice is ending it once. */
    async end(sid: string): Promise<void> {
      await model.deleteOne({ _id: sid });
    },
  };
};

export type SessionStore = ReturnType<typeof openSessionStore>;
