import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { expirationComplete, type TicketState, ticketUpdated } from '@ticketing/common/events';
import { aTicketState, eventually, explainQueries, newId } from '@ticketing/common/testing';
import { Types } from 'mongoose';
import { type Order, told } from '../src/order.ts';
import { type BoxOffice, movableClock, openBoxOffice } from './box-office.ts';
import { aCancelledOrder, anOrder, aPaidOrder } from './orders.ts';

const clock = movableClock();
let office: BoxOffice;
beforeAll(async () => {
  office = await openBoxOffice({ replicas: 2, clock });
});
afterAll(() => office.end());
afterEach(async () => {
  await office.collection().deleteMany({});
  await office.mongo.collection('progress').deleteMany({});
});

const show = { startsAt: '2027-07-14T18:30:00.000Z', place: 'Elbphilharmonie, Hamburg' };

/** An order as the version before has saved and told it: it knows no date and no place. */
const anOldOrder = async (make: typeof anOrder, ticket: TicketState, given: Partial<Order> = {}) => {
  const { id, title, price } = ticket;
  const order = make({
    ...{ ticket: { id, title, price }, slot: undefined, termsKept: undefined },
    ...{ expiresAt: new Date(clock.now().getTime() + 900_000), ...given },
  });
  await office.openStore().insert(order, told[order.status]);
  return order;
};
/** So many, each of a ticket of its own, all on sale at the same show. */
const oldOrders = async (count: number): Promise<Order[]> => {
  const tickets = Array.from({ length: count }, () => aTicketState(show));
  await office.putUp(...tickets);
  return Promise.all(tickets.map((ticket) => anOldOrder(anOrder, ticket)));
};

const stored = async ({ id }: Pick<Order, 'id'>) => {
  const [order] = await office.inStore({ _id: new Types.ObjectId(id) });
  return order;
};
const lastHeard = ({ id }: Pick<Order, 'id'>) =>
  office
    .heard()
    .filter((state) => state.id === id)
    .sort((a, b) => a.version - b.version)
    .at(-1);
const inForm = (count: number, version: number) =>
  eventually(async () => {
    const filled = { version, termsKept: true, startsAt: new Date(show.startsAt), place: show.place };
    expect(await office.inStore(filled)).toHaveLength(count);
  });
/** Runs until nothing is left to fill. */
const fillAll = async (fill: () => Promise<unknown>): Promise<void> => {
  const isDone = async () => (await office.mongo.collection('progress').findOne({}))?.doneAt !== undefined;
  for (let runs = 0; runs < 10 && !(await isDone()); runs += 1) await fill();
  expect(await isDone()).toBe(true);
};

describe('an order that was made before date and place were kept', () => {
  it.each([
    ['that awaits payment', anOrder],
    ['that is paid', aPaidOrder],
    ['that was cancelled', aCancelledOrder],
  ])('%s takes them from its ticket, is one version newer, and that is told', async (_what, make) => {
    const order = await anOldOrder(make, await office.aTicket(show));
    await fillAll(office.openFiller());
    const version = order.version + 1;
    expect(await stored(order)).toMatchObject({
      ...{ status: order.status, version, termsKept: true },
      ...{ startsAt: new Date(show.startsAt), place: show.place },
    });
    await eventually(() =>
      expect(lastHeard(order)).toMatchObject({ status: order.status, version, ticket: show }),
    );
    expect(office.said(order.id)).toEqual([told[order.status].type]);
    const { body } = await office.show({ id: order.userId, email: 'buyer@example.com' }, order.id);
    expect(body.ticket).toMatchObject(show);
  });

  it('is filled by the service itself, at each replica', async () => {
    await oldOrders(3);
    expect(office.fillers).toHaveLength(2);
    for (const fill of office.fillers) await fillAll(fill);
    await inForm(3, 1);
  });

  it('is filled once, by two replicas at the same time, and again later', async () => {
    const orders = await oldOrders(120);
    await Promise.all([fillAll(office.openFiller()), fillAll(office.openFiller())]);
    await inForm(orders.length, 1);
    await office.mongo.collection('progress').deleteMany({});
    await fillAll(office.openFiller());
    await inForm(orders.length, 1);
    await eventually(() => {
      for (const order of orders) expect(lastHeard(order)).toMatchObject({ version: 1, ticket: show });
    });
  });

  it('is filled anew where the release was taken back in between, as docs/deploy.md says', async () => {
    const [order = anOrder()] = await oldOrders(1);
    await fillAll(office.openFiller());
    await office.collection().updateMany({}, { $unset: { startsAt: 1, place: 1, termsKept: 1 } });
    await office.mongo.collection('progress').drop();
    await fillAll(office.openFiller());
    await inForm(1, 2);
    await eventually(() => expect(lastHeard(order)).toMatchObject({ version: 2, ticket: show }));
  });

  it('is filled though the process dies in between: the next one goes on where it was, the newest first', async () => {
    const orders = await oldOrders(70);
    expect(await office.openFiller()()).toBe(50);
    const newest = orders.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, 50);
    for (const { id } of newest) expect((await stored({ id }))?.version).toBe(1);
    // As if it had died before it could note how far it was.
    await office.mongo.collection('progress').deleteMany({});
    expect(await office.openFiller()()).toBe(0);
    expect(await office.openFiller()()).toBe(20);
    await inForm(orders.length, 1);
  });

  it('whose ticket has neither is looked at once, and orders are not read any more after the last', async () => {
    const order = await anOldOrder(anOrder, await office.aTicket());
    const fill = office.openFiller();
    await fillAll(fill);
    expect(await stored(order)).toMatchObject({ version: 1, termsKept: true });
    const plans = await explainQueries(office.mongo, async () => {
      for (const again of [fill, fill, office.openFiller()]) expect(await again()).toBe(0);
    });
    const ofProgress = plans.filter(({ collection }) => collection === 'progress');
    expect(ofProgress.map(({ summary }) => summary)).toEqual(['IDHACK']);
    expect(plans.filter(({ command }) => 'find' in command && command.limit === 50)).toEqual([]);
  });

  it('whose ticket nobody knows here is left as it is, and keeps none of the others', async () => {
    const [known] = await oldOrders(1);
    const order = await anOldOrder(anOrder, aTicketState(show));
    await fillAll(office.openFiller());
    expect(await stored(order)).toMatchObject({ version: 0, status: 'awaiting payment' });
    expect((await stored(order))?.termsKept).toBeUndefined();
    expect((await stored(known ?? order))?.version).toBe(1);
  });

  it('and is let go at the very moment is both', async () => {
    const orders = await oldOrders(40);
    const fill = office.openFiller();
    const letGo = ({ id, userId }: Order) => office.cancel({ id: userId, email: 'buyer@example.com' }, id);
    const [answers] = await Promise.all([Promise.all(orders.map(letGo)), fillAll(fill)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    await inForm(orders.length, 2);
    expect(await office.inStore({ status: 'cancelled', reason: 'released' })).toHaveLength(orders.length);
  });

  it('and was filled ends on time, by the deadline that expiration has set before', async () => {
    const [order = anOrder()] = await oldOrders(1);
    await fillAll(office.openFiller());
    clock.advance(901);
    await office.say(expirationComplete, { id: order.id, version: 0 });
    await eventually(async () => {
      const now = await stored(order);
      expect(now).toMatchObject({ status: 'cancelled', reason: 'expired', version: 2, place: show.place });
    });
  });
});

describe('an order that keeps date and place', () => {
  it('is left alone, also where its ticket had none when it was reserved and has them now', async () => {
    const buyer = office.buyer();
    const ticket = await office.aTicket({ userId: newId() });
    const { body: order } = await office.reserve(buyer, ticket.id);
    const edited = { ...ticket, ...show, version: 1 };
    await office.say(ticketUpdated, edited);
    await office.knows(edited);
    await fillAll(office.openFiller());
    expect((await office.show(buyer, order.id)).body).toEqual(order);
  });
});
