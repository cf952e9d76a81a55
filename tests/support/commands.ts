/** What the services of a system ask of its databases, as mongod itself logs it. */
import { readFile, stat } from 'node:fs/promises';
import { MongoClient } from 'mongodb';
import { type OwnSystem, withDatabase } from './system.ts';

/** A line of mongod's log about a command that has ended; of those of us and of mongod itself there are none. */
export interface LoggedCommand {
  /** Database and collection: `orders.orders`. */
  readonly ns: string;
  readonly command: Readonly<Record<string, unknown>>;
  readonly readConcern?: { readonly level?: string };
  readonly writeConcern?: { readonly w?: unknown; readonly j?: unknown };
}

const OURS = 'ticketing-tests';
const COMMAND_LOGGED = 51803;

/** Has mongod log every command from now on. */
export const recordCommands = async ({ engines }: Pick<OwnSystem, 'engines'>) => {
  const { mongo } = engines;
  if (mongo === undefined) throw new Error('mongod is not ours');
  const client = await MongoClient.connect(mongo.url, { appName: OURS });
  try {
    // No profile, and every command is slow enough to be logged.
    await client.db('admin').command({ profile: 0, slowms: -1 });
  } finally {
    await client.close();
  }
  const { size: begin } = await stat(mongo.logFile);

  return {
    /** Those until now, of the services' own databases. */
    async commands(): Promise<LoggedCommand[]> {
      const lines = (await readFile(mongo.logFile)).subarray(begin).toString('utf8').split('\n');
      return lines.flatMap((line) => {
        if (!line.includes(`"id":${COMMAND_LOGGED},`)) return [];
        const { attr } = JSON.parse(line);
        const isOfService =
          attr.type === 'command' &&
          attr.remote !== undefined &&
          attr.appName !== OURS &&
          withDatabase.includes(String(attr.ns).split('.', 1)[0] ?? '');
        return isOfService ? [attr] : [];
      });
    },
  };
};
