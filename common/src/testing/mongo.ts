import { randomBytes } from 'node:crypto';
import type { Connection } from 'mongoose';
import { buildIndexes, connectMongo } from '../store/index.ts';

const given = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`${name} is not set: run the tests with npm test, which starts the engines`);
  }
  return value;
};

/** The URL of a database of this test's own on the run's mongod; it does not exist until it is written to. */
export const testDatabaseUrl = (): string => {
  const url = new URL(given('TEST_MONGO_URL'));
  url.pathname = `/test_${randomBytes(8).toString('hex')}`;
  return url.toString();
};

export interface TestDatabase {
  readonly url: string;
  readonly mongo: Connection;
  /** Every index of the models made so far. */
  buildIndexes(): Promise<void>;
  /** Drops the database and closes the connection. */
  end(): Promise<void>;
}

/** A connection to a database of this test's own. */
export const testDatabase = async (): Promise<TestDatabase> => {
  const url = testDatabaseUrl();
  const mongo = await connectMongo(url, 'long work');
  return {
    url,
    mongo,
    buildIndexes: () => buildIndexes(mongo, mongo),
    async end() {
      await mongo.dropDatabase();
      await mongo.close();
    },
  };
};
