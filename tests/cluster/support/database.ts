/** A service's database in the cluster: a backup of it, and putting that back (docs/deploy.md, "Backups"). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { MongoClient } from 'mongodb';
import { type Backup, backUp, putBack } from '../../nemesis/backup.ts';
import { kubectl, kubectlOnFile } from './cluster.ts';

/** A backup that can be put back, in place of all that is there by then. */
export interface DatabaseBackup {
  /** When it was begun. */
  readonly from: Date;
  putBack(): Promise<void>;
}

const podOf = (service: string) => `${service}-mongo-0`;

const hasTools = (service: string): Promise<boolean> =>
  kubectl('exec', podOf(service), '--', 'sh', '-c', 'command -v mongodump mongorestore').then(
    () => true,
    () => false,
  );

/** The tools of its image, with the password of the container. */
const inMongo = (service: string, command: string) => [
  ...['exec', '-i', podOf(service), '--', 'sh', '-c'],
  `${command} --quiet -u "$MONGO_INITDB_ROOT_USERNAME" -p "$MONGO_INITDB_ROOT_PASSWORD" --authenticationDatabase admin`,
];

const byTools = async (service: string, folder: string): Promise<DatabaseBackup> => {
  const file = path.join(folder, `${service}.archive.gz`);
  const from = new Date();
  await kubectlOnFile({ write: file }, ...inMongo(service, `mongodump --db ${service} --archive --gzip`));
  return {
    from,
    async putBack() {
      await kubectl(...inMongo(service, `mongosh ${service} --eval 'db.dropDatabase()'`));
      await kubectlOnFile({ read: file }, ...inMongo(service, 'mongorestore --archive --gzip --drop'));
    },
  };
};

/** Does something over a connection to the server of a service, by a port of this machine. */
const withClient = async <T>(service: string, work: (client: MongoClient) => Promise<T>): Promise<T> => {
  const args = ['--namespace', 'ticketing', 'port-forward', `pod/${podOf(service)}`, ':27017'];
  const forward = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(createInterface(forward.stdout), 'line')) as [string];
    const port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    const encoded = await kubectl('get', `secret/${service}`, '-o', 'jsonpath={.data.MONGO_URL}');
    const url = new URL(Buffer.from(encoded, 'base64').toString());
    url.host = `127.0.0.1:${port}`;
    url.searchParams.set('directConnection', 'true');
    const client = await MongoClient.connect(url.toString());
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  } finally {
    forward.kill();
  }
};

const byDriver = async (service: string): Promise<DatabaseBackup> => {
  const backup: Backup = await withClient(service, (client) => backUp(client, service));
  return {
    from: backup.from,
    putBack: () => withClient(service, (client) => putBack(client, service, backup)),
  };
};

/**
 * A backup of a service's database, of one moment if nobody writes to it meanwhile: by mongodump, and where the image of the
 * database does not have it, by the driver.
 * @param folder where a file may be kept until it is put back
 */
export const backUpDatabase = async (service: string, folder: string): Promise<DatabaseBackup> =>
  (await hasTools(service)) ? byTools(service, folder) : byDriver(service);
