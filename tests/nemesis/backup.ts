/**
 * A backup of one database, of one moment, and putting it back: what mongodump and mongorestore do, with the database
 * in memory. It is a server of one process; a set would need what mongodump does with its oplog.
 */
import {
  BSON,
  type CollectionInfo,
  type Document,
  type IndexDescriptionInfo,
  type MongoClient,
} from 'mongodb';

/** Numbers stay of the kind that they were, so what is put back is what was read. */
const AS_STORED = { promoteValues: false, promoteBuffers: false } as const;

interface Collection {
  readonly name: string;
  readonly options: Document;
  readonly documents: readonly Document[];
  /** All but the one of `_id`, which is always there. */
  readonly indexes: readonly IndexDescriptionInfo[];
}

export interface Backup {
  /** Nothing that was written before is missing in it. */
  readonly from: Date;
  readonly collections: readonly Collection[];
}

/** While nobody writes to it. */
const readAll = async (client: MongoClient, database: string): Promise<readonly Collection[]> => {
  const db = client.db(database);
  const listed = await db.listCollections<CollectionInfo>({ type: 'collection' }).toArray();
  return Promise.all(
    listed.map(async ({ name, options = {} }) => ({
      name,
      options,
      documents: await db.collection(name).find({}, AS_STORED).toArray(),
      indexes: (await db.collection(name).indexes()).filter(({ name: index }) => index !== '_id_'),
    })),
  );
};

/** Everybody who writes to the server waits meanwhile. */
export const backUp = async (client: MongoClient, database: string): Promise<Backup> => {
  const admin = client.db('admin');
  const from = new Date();
  await admin.command({ fsync: 1, lock: true });
  try {
    return { from, collections: await readAll(client, database) };
  } finally {
    await admin.command({ fsyncUnlock: 1 });
  }
};

/** Drops the database and makes it as it was. No process of its service may run. */
export const putBack = async (
  client: MongoClient,
  database: string,
  { collections }: Backup,
): Promise<void> => {
  const db = client.db(database);
  await db.dropDatabase();
  for (const { name, options, documents, indexes } of collections) {
    await db.createCollection(name, options);
    if (documents.length > 0) await db.collection(name).insertMany([...documents]);
    if (indexes.length > 0) await db.command({ createIndexes: name, indexes: [...indexes] });
  }
};

/** Every document of a database, in full, by its collection and id; not of collections that the server tidies up by a TTL. */
export type Contents = ReadonlyMap<string, string>;

const hasTtl = ({ indexes }: Collection): boolean =>
  indexes.some(({ expireAfterSeconds }) => expireAfterSeconds !== undefined);

/** While no process of its service runs. */
export const contentsOf = async (client: MongoClient, database: string): Promise<Contents> =>
  new Map(
    (await readAll(client, database)).flatMap((collection) =>
      (hasTtl(collection) ? [] : collection.documents).map((document) => [
        `${collection.name} ${BSON.EJSON.stringify(document._id)}`,
        BSON.EJSON.stringify(document, { relaxed: false }),
      ]),
    ),
  );
