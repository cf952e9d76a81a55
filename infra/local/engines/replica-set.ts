import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { askMongod, startMongo } from './mongo.ts';
import type { RunningEngine, StartOptions } from './running-engine.ts';

/** Some mongods of this process's own that keep the same data. */
export interface ReplicaSet {
  /** Names all of them. */
  readonly url: string;
  readonly members: readonly RunningEngine[];
  /** The one that takes writes. @throws when there is none within a minute */
  primary(): Promise<RunningEngine>;
  /** Makes this member the primary at once, without waiting for an election. */
  stepUp(member: RunningEngine): Promise<void>;
  stop(): Promise<void>;
}

export interface ReplicaSetOptions extends Pick<StartOptions, 'dataDir' | 'report'> {
  readonly members?: number;
  /** Milliseconds until a member that hears nothing of the primary calls an election, and a lonely primary steps down. */
  readonly electionTimeoutMs?: number;
}

const NAME = 'ticketing';
const ELECTED_MS = 60_000;
const FIRST_ELECTION_MS = 1_000;

/** Starts a replica set, and resolves once it has a primary that all members follow. */
export const startReplicaSet = async (options: ReplicaSetOptions): Promise<ReplicaSet> => {
  const { dataDir, report, members: count = 3, electionTimeoutMs = 10_000 } = options;
  const members = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      startMongo({
        dataDir: path.join(dataDir, `member-${index}`),
        args: ['--replSet', NAME],
        ...(report === undefined ? {} : { report }),
      }),
    ),
  );
  const stop = async () => {
    await Promise.all(members.map((member) => member.stop()));
  };
  const hosts = members.map(({ port }) => `127.0.0.1:${port}`);

  const primary = async (): Promise<RunningEngine> => {
    for (const deadline = Date.now() + ELECTED_MS; Date.now() < deadline; await delay(100)) {
      for (const member of members) {
        const hello = await askMongod(member.port, (admin) => admin.command({ hello: 1 })).catch(
          () => undefined,
        );
        if (hello?.isWritablePrimary === true) return member;
      }
    }
    throw new Error('the replica set has no primary');
  };

  const stepUp = async (member: RunningEngine): Promise<void> => {
    for (const deadline = Date.now() + ELECTED_MS; ; await delay(200)) {
      try {
        await askMongod(member.port, (admin) => admin.command({ replSetStepUp: 1 }));
        return;
      } catch (error) {
        // Until it has caught up, or has heard that the primary is gone.
        if (Date.now() > deadline) throw error;
      }
    }
  };

  try {
    const [first] = members;
    if (first === undefined) throw new Error('a replica set has members');
    const configOf = (version: number, electionTimeoutMillis: number) => ({
      _id: NAME,
      version,
      members: hosts.map((host, _id) => ({ _id, host })),
      settings: { electionTimeoutMillis },
    });
    // The first primary is wanted at once.
    const initiate = { replSetInitiate: configOf(1, FIRST_ELECTION_MS) };
    await askMongod(first.port, (admin) => admin.command(initiate));
    await askMongod((await primary()).port, async (admin) => {
      await admin.collection('started').insertOne({ at: new Date() }, { writeConcern: { w: count } });
      await admin.command({ replSetReconfig: configOf(2, electionTimeoutMs) });
    });
    return { url: `mongodb://${hosts.join(',')}/?replicaSet=${NAME}`, members, primary, stepUp, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
