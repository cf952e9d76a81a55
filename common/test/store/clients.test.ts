import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientNameOf, clientsOf, connectMongo } from '../../src/store/index.ts';
import {
  eventually,
  newId,
  startTestService,
  type TestDatabase,
  testDatabase,
  testDatabaseUrl,
} from '../../src/testing/index.ts';

describe('the name of a service’s connections', () => {
  it.each([
    ['mongodb://127.0.0.1:27017/orders', 'orders of orders'],
    ['mongodb://user:pass@a:1,b:2/orders_eu?authSource=admin', 'orders of orders_eu'],
    ['mongodb+srv://cluster.example.com/orders', 'orders of orders'],
    ['mongodb://127.0.0.1', 'orders of test'],
    ['mongodb://127.0.0.1/?directConnection=true', 'orders of test'],
  ])('has the database in it: %s', (url, name) => {
    expect(clientNameOf('orders', url)).toBe(name);
  });
});

describe('the clients of a server', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.end());

  it('are found by their name, idle ones too, until they have gone', async () => {
    const appName = `orders of ${newId()}`;
    expect(await clientsOf(database.mongo, appName)).toEqual([]);
    const connection = await connectMongo(database.url, 'requests', { appName });
    expect(await clientsOf(database.mongo, appName)).toContainEqual(
      expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    );
    expect(await clientsOf(database.mongo, 'orders of nothing')).toEqual([]);
    await connection.close();
    await eventually(async () => expect(await clientsOf(database.mongo, appName)).toEqual([]));
  });

  it('are the processes of a service, for as long as it runs', async () => {
    const url = testDatabaseUrl();
    const name = clientNameOf('clerk', url);
    const service = await startTestService('clerk', () => ({}), { config: { MONGO_URL: url } });
    expect((await clientsOf(database.mongo, name)).length).toBeGreaterThan(0);
    await service.end();
    await eventually(async () => expect(await clientsOf(database.mongo, name)).toEqual([]));
  });
});
