/** A backup is of one moment, and puts back what was there, bit by bit. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { type RunningEngine, startMongo } from '@ticketing/local/engines';
import { Double, Int32, Long, MongoClient } from 'mongodb';
import { backUp, contentsOf, putBack } from './backup.ts';

const START_MS = 120_000;

let folder: string;
let mongod: RunningEngine;
let client: MongoClient;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ticketing-backup-'));
  mongod = await startMongo({ dataDir: folder });
  client = await MongoClient.connect(mongod.url);
}, START_MS);
afterAll(async () => {
  await client?.close();
  await mongod?.stop();
  await rm(folder, { recursive: true, force: true });
}, START_MS);

it('puts back every document, number by number, every index and every option', async () => {
  const db = client.db('things');
  const things = await db.createCollection('things', { validator: { name: { $exists: true } } });
  await db.createCollection('empty');
  await things.createIndex({ name: 1 }, { name: 'one', unique: true, partialFilterExpression: { n: 1 } });
  await things.createIndex({ at: 1 }, { name: 'by time' });
  const tidied = db.collection('tidied');
  await tidied.createIndex({ at: 1 }, { expireAfterSeconds: 3_600 });
  await tidied.insertOne({ at: new Date() });
  await things.insertMany([
    { name: 'kinds', n: new Int32(1), d: new Double(1), l: Long.fromNumber(1), bytes: Buffer.from('a') },
    { name: 'text', at: new Date(), deep: { list: [1, null, { $literal: '$name' }] } },
  ]);
  const indexes = await things.indexes();
  const before = await contentsOf(client, 'things');

  const backup = await backUp(client, 'things');
  await things.updateOne({ name: 'text' }, { $set: { name: 'changed' } });
  await things.insertOne({ name: 'new' });
  await things.dropIndexes();
  await db.createCollection('later');
  await putBack(client, 'things', backup);

  expect(await contentsOf(client, 'things')).toEqual(before);
  // The server removes what is too old of the other one, also between two looks.
  expect([...before.keys()].map((key) => key.split(' ', 1)[0])).toEqual(['things', 'things']);
  expect(await tidied.countDocuments()).toBe(1);
  expect((await tidied.indexes()).at(-1)).toMatchObject({ expireAfterSeconds: 3_600 });
  expect(await things.indexes()).toEqual(indexes);
  expect(await things.options()).toEqual({ validator: { name: { $exists: true } } });
  expect((await db.collections()).map(({ collectionName }) => collectionName).sort()).toEqual([
    'empty',
    'things',
    'tidied',
  ]);
});

it('is of one moment, while others write, who go on afterwards', async () => {
  const db = client.db('busy');
  let isWriting = true;
  let pairs = 0;
  const writing = (async () => {
    for (; isWriting; pairs += 1) {
      await db.collection<{ _id: number }>('first').insertOne({ _id: pairs });
      await db.collection<{ _id: number }>('second').insertOne({ _id: pairs });
    }
  })();
  const apart: number[] = [];
  for (let tries = 0; tries < 10; tries += 1) {
    const { collections } = await backUp(client, 'busy');
    const count = (wanted: string) => collections.find(({ name }) => name === wanted)?.documents.length ?? 0;
    apart.push(count('first') - count('second'));
  }
  const written = pairs;
  await eventually(() => expect(pairs).toBeGreaterThan(written + 2));
  isWriting = false;
  await writing;
  expect(apart.filter((each) => each !== 0 && each !== 1)).toEqual([]);
});
