/**
 * The database of orders is lost and restored from a backup, as docs/deploy.md, "Backups", tells an operator to. It runs only
 * when it is named: a run that breaks off leaves a shop without orders, or with old ones.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { newPerson, type Order, type Person } from '../support/shop.ts';
import { kubectl, leaving, pods, rolledOut } from './support/cluster.ts';
import { backUpDatabase } from './support/database.ts';
import { ended } from './support/jobs.ts';

const run = promisify(execFile);

const MINUTES = 60_000;
const EACH = 5;

const baseUrl = process.env.BASE_URL ?? '';
const restored = path.resolve(import.meta.dirname, '../../infra/k8s/restored');

/** Another one each time: that of the run before may still be there. */
const comparison = `reconcile-now-${Date.now().toString(36)}`;

let folder: string;
let seller: Person;
let buyer: Person;
let other: Person;

const forgetJob = async () => {
  await kubectl('delete', '-k', path.join(restored, 'orders'), '--ignore-not-found');
  await kubectl('delete', 'configmap/restored', '--ignore-not-found');
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ticketing-backup-'));
  [seller, buyer, other] = await Promise.all([newPerson(baseUrl), newPerson(baseUrl), newPerson(baseUrl)]);
  await forgetJob();
}, 2 * MINUTES);
afterAll(async () => {
  await kubectl('scale', 'deployment/orders', '--replicas=1');
  await forgetJob();
  await kubectl('delete', `job/${comparison}`, '--ignore-not-found');
  await rm(folder, { recursive: true, force: true });
  await rolledOut('orders');
}, 5 * MINUTES);

const reserved = async (): Promise<Order> => {
  const { body: ticket } = await seller.sell({ title: 'Before and after a backup', price: 31 });
  const { status, body } = await buyer.reserve(ticket.id);
  expect(status).toBe(201);
  return body;
};
const paid = async (order: Order): Promise<Order> => {
  expect((await buyer.pay(order.id)).status).toBe(201);
  return order;
};

/** One after the other, each of a ticket of its own. */
const bought = async (count: number): Promise<Order[]> => {
  const orders: Order[] = [];
  while (orders.length < count) orders.push(await paid(await reserved()));
  return orders;
};

const expectBought = async ({ id, ticket }: Order): Promise<void> => {
  expect((await buyer.order(id)).body).toMatchObject({ status: 'completed' });
  expect((await buyer.ticket(ticket.id)).body).toMatchObject({ status: 'sold', orderId: id });
};
const expectAllBought = (orders: readonly Order[]) =>
  eventually(async () => {
    for (const order of orders) await expectBought(order);
  }, MINUTES);

const isOfOrders = (name: string) => /^orders-(?!mongo|restored)/.test(name);

it(
  'who has bought after the backup keeps the ticket when the database of orders is restored from it',
  async () => {
    const early = await bought(EACH);
    await expectAllBought(early);
    // In the backup it awaits its payment.
    const between = await reserved();

    // Nobody buys meanwhile, so nothing is written, and it is of one moment.
    const backup = await backUpDatabase('orders', folder);

    const late = [await paid(between), ...(await bought(EACH))];
    await expectAllBought(late);

    await kubectl('scale', 'deployment/orders', '--replicas=0');
    await eventually(async () => {
      const names = [...(await pods()).map(({ metadata }) => metadata.name), ...(await leaving())];
      expect(names.filter(isOfOrders)).toEqual([]);
    }, 2 * MINUTES);
    await backup.putBack();

    const from = ['--from-literal', `BACKUP_FROM=${backup.from.toISOString()}`, '--from-literal', 'QUIET=5s'];
    await kubectl('create', 'configmap', 'restored', ...from);
    await run('sh', [path.join(restored, 'apply.sh'), 'orders']);
    const [end, said] = await ended('orders-restored', 10 * MINUTES);
    process.stdout.write(said);
    expect([end, said]).toEqual(['Complete', expect.anything()]);

    await kubectl('scale', 'deployment/orders', '--replicas=1');
    await rolledOut('orders');
    await expectAllBought([...early, ...late]);
    for (const { ticket } of [...early, ...late]) {
      expect((await other.reserve(ticket.id)).body.errors?.[0]?.code).toBe('ticket_reserved');
    }
    // What is new is sold as ever, under versions and sequences that nobody has had.
    await expectAllBought(await bought(EACH));

    await kubectl('create', 'job', '--from=cronjob/reconcile', comparison);
    expect(await ended(comparison, 10 * MINUTES)).toEqual([
      'Complete',
      expect.stringContaining('Everything agrees.'),
    ]);
  },
  40 * MINUTES,
);
