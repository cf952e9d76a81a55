import { once } from 'node:events';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect as connectNats, type NatsConnection } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import stan from 'node-nats-streaming';
import { CLUSTER_ID } from '../engines/index.ts';

/** Writes a line to an engine and reads all lines back, through the client library that services use. */
export interface Contents {
  write(url: string, line: string): Promise<void>;
  read(url: string): Promise<string[]>;
}

const mongo: Contents = {
  write: (url, line) =>
    withMongo(url, async (client) => {
      await client
        .db('shop')
        .collection('lines')
        .insertOne({ line }, { writeConcern: { w: 'majority', j: true } });
    }),
  read: (url) =>
    withMongo(url, async (client) => {
      const lines = await client
        .db('shop')
        .collection<{ line: string }>('lines')
        .find()
        .sort({ _id: 1 })
        .toArray();
      return lines.map(({ line }) => line);
    }),
};

const withMongo = async <T>(url: string, work: (client: MongoClient) => Promise<T>): Promise<T> => {
  const client = new MongoClient(url);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
};

const redis: Contents = {
  write: (url, line) =>
    withRedis(url, async (client) => {
      await client.rpush('lines', line);
    }),
  read: (url) => withRedis(url, (client) => client.lrange('lines', 0, -1)),
};

const withRedis = async <T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> => {
  const client = new Redis(url);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
};

const natsStreaming: Contents = {
  write: (url, line) =>
    withStan(url, async (client) => {
      await new Promise<void>((resolve, reject) => {
        client.publish('lines', line, (error) => (error ? reject(error) : resolve()));
      });
    }),
  read: (url) =>
    withStan(url, async (client) => {
      // A last line of our own says where all earlier ones end.
      const end = `end-${Math.random()}`;
      const lines: string[] = [];
      const subscription = client.subscribe('lines', client.subscriptionOptions().setDeliverAllAvailable());
      const complete = new Promise<void>((resolve) => {
        subscription.on('message', (message: stan.Message) => {
          const line = String(message.getData());
          if (line === end) resolve();
          else if (!line.startsWith('end-')) lines.push(line);
        });
      });
      client.publish('lines', end);
      await complete;
      return lines;
    }),
};

const withStan = async <T>(url: string, work: (client: stan.Stan) => Promise<T>): Promise<T> => {
  const client = stan.connect(CLUSTER_ID, `test-${process.pid}-${Math.random().toString(36).slice(2)}`, {
    url,
  });
  await once(client, 'connect');
  try {
    return await work(client);
  } finally {
    const closed = once(client, 'close');
    client.close();
    await closed;
  }
};

const STREAM = 'lines';

const jetStream: Contents = {
  write: (url, line) =>
    withNats(url, async (connection) => {
      const { streams } = await jetstreamManager(connection);
      await streams.add({ name: STREAM, subjects: [STREAM] });
      await jetstream(connection).publish(STREAM, line);
    }),
  read: (url) =>
    withNats(url, async (connection) => {
      const { streams } = await jetstreamManager(connection);
      const { state } = await streams.info(STREAM);
      const lines: string[] = [];
      for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
        lines.push((await streams.getMessage(STREAM, { seq }))?.string() ?? '');
      }
      return lines;
    }),
};

const withNats = async <T>(url: string, work: (connection: NatsConnection) => Promise<T>): Promise<T> => {
  const connection = await connectNats({ servers: url });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
};

export const contents = { mongo, redis, natsStreaming, jetStream };
