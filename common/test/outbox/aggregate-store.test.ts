import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Connection, Types } from 'mongoose';
import { BadRequest, Unavailable } from '../../src/errors/index.ts';
import { parseEvent, ticketCreated, ticketUpdated } from '../../src/events/index.ts';
import { change, type Decision, putOff, refuse, unchanged, VersionConflict } from '../../src/outbox/index.ts';
import { isDuplicateKey } from '../../src/replica/index.ts';
import { newId, type TestDatabase, testDatabase } from '../../src/testing/index.ts';
import { runInTrace } from '../../src/tracing/index.ts';
import { aSeat, type Seat, type SeatStore, seatStore, watchedConnection } from './seats.ts';

/** Nothing is published here: these tests are about what is saved. */
const noBroker = { publish: () => Promise.reject(new Error('nobody published')) };

type SeatDecision = Decision<Seat, typeof ticketUpdated>;
const raisePrice = (seat: Seat): SeatDecision => change({ ...seat, cents: seat.cents + 1 }, ticketUpdated);

describe('a change', () => {
  let database: TestDatabase;
  let mongo: Connection;
  let seats: SeatStore;

  beforeAll(async () => {
    database = await testDatabase();
    mongo = await watchedConnection(database.url);
    seats = seatStore(mongo, { bus: noBroker });
    await seats.model.createCollection();
    await seats.model.createIndexes();
  });

  afterAll(async () => {
    await mongo.close();
    await database.end();
  });

  /** The writes that reached the database while `work` ran. */
  const writesDuring = async (work: () => Promise<unknown>): Promise<Record<string, unknown>[]> => {
    const writes: Record<string, unknown>[] = [];
    const listen = ({ command }: { command: Record<string, unknown> }) => {
      if ('insert' in command || 'update' in command) writes.push(command);
    };
    mongo.getClient().on('commandStarted', listen);
    await work();
    mongo.getClient().off('commandStarted', listen);
    return writes;
  };

  it('is saved together with its event, in one write', async () => {
    const seat = aSeat();
    const created = await writesDuring(() => seats.insert(seat, ticketCreated));
    const changed = await writesDuring(() => seats.commit(seat, { ...seat, cents: 2_000 }, ticketUpdated));
    expect([created.length, changed.length]).toEqual([1, 1]);

    const { outbox, version, cents } = await seats.raw(seat.id);
    expect({ version, cents }).toEqual({ version: 1, cents: 2_000 });
    const [first, second, ...rest] = outbox as unknown[];
    expect(rest).toEqual([]);
    expect(parseEvent(ticketCreated, first)).toMatchObject({
      id: `ticket/${seat.id}@0`,
      source: 'box-office',
      data: { price: { amount: 1_000, currency: 'usd' } },
    });
    expect(parseEvent(ticketUpdated, second)).toMatchObject({
      id: `ticket/${seat.id}@1`,
      data: { version: 1, price: { amount: 2_000, currency: 'usd' } },
    });
  });

  it('is on the disk of a majority before anybody is told', async () => {
    const seat = aSeat();
    const writes = await writesDuring(async () => {
      await seats.insert(seat, ticketCreated);
      await seats.commit(seat, { ...seat, cents: 2_000 }, ticketUpdated);
    });
    expect(writes.map((write) => write.writeConcern)).toEqual([
      { w: 'majority', j: true },
      { w: 'majority', j: true },
    ]);
  });

  it('carries the trace of what caused it', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const seat = aSeat();
    await runInTrace({ traceparent }, () => seats.insert(seat, ticketCreated));
    expect((await seats.raw(seat.id)).outbox).toMatchObject([{ traceparent }]);
  });

  it('that was decided on an older version saves nothing, and no event', async () => {
    const seat = aSeat();
    await seats.insert(seat, ticketCreated);
    await seats.commit(seat, { ...seat, title: 'Row 2' }, ticketUpdated);
    const before = await seats.raw(seat.id);
    await expect(seats.commit(seat, { ...seat, title: 'Row 3' }, ticketUpdated)).rejects.toThrow(
      VersionConflict,
    );
    expect(await seats.raw(seat.id)).toEqual(before);
  });

  it('of what is not there is no change', async () => {
    const seat = aSeat();
    await expect(seats.commit(seat, seat, ticketUpdated)).rejects.toThrow(VersionConflict);
    expect(await seats.change(seat.id, raisePrice)).toBeUndefined();
    expect(await seats.raw(seat.id)).toEqual({});
  });

  it('of twenty people at once loses none of them, and tells of the last', async () => {
    const seat = aSeat();
    await seats.insert(seat, ticketCreated);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => seats.change(seat.id, raisePrice)));
    expect(outcomes.map((outcome) => outcome?.kind)).toEqual(Array(20).fill('changed'));
    expect(await seats.find(seat.id)).toMatchObject({ version: 20, cents: 1_020 });
    const { outbox } = await seats.raw(seat.id);
    const told = (outbox as { data: { version: number; price: { amount: number } } }[]).map(({ data }) => [
      data.version,
      data.price.amount,
    ]);
    // Each of the twenty took the place of the one before it.
    expect(told).toEqual([
      [0, 1_000],
      [20, 1_020],
    ]);
  });

  it('that always loses the race is given up after a bounded number of tries', async () => {
    const seat = aSeat();
    const another = await watchedConnection(database.url);
    const unlucky = seatStore(
      another,
      { bus: noBroker },
      // Somebody else is always faster.
      async () => {
        await seats.model.collection.updateOne({ title: 'Row 9' }, { $inc: { version: 1 } });
      },
    );
    await seats.insert({ ...seat, title: 'Row 9' }, ticketCreated);
    let tries = 0;
    const outcome = unlucky
      .change(seat.id, (current): SeatDecision => {
        tries += 1;
        return raisePrice(current);
      })
      .finally(() => another.close());
    await expect(outcome).rejects.toThrow(Unavailable);
    expect(tries).toBe(50);
    expect(await seats.raw(seat.id)).toMatchObject({ version: 50, cents: 1_000 });
  });

  it('removes what is no longer there', async () => {
    const seat = aSeat({ place: 'Gent', startsAt: new Date(), holder: { name: 'Ann', orderId: newId() } });
    await seats.insert(seat, ticketCreated);
    const next = {
      ...seat,
      place: undefined,
      startsAt: undefined,
      holder: { name: 'Ann', orderId: undefined },
    };
    await seats.commit(seat, next, ticketUpdated);
    const saved = await seats.raw(seat.id);
    expect(saved).not.toHaveProperty('place');
    expect(saved).not.toHaveProperty('startsAt');
    expect(saved.holder).toEqual({ name: 'Ann' });
    expect(await seats.find(seat.id)).toEqual({
      id: seat.id,
      version: 1,
      title: seat.title,
      cents: seat.cents,
      holder: { name: 'Ann' },
    });
  });

  it('is read back as it was decided, without what only the store needs', async () => {
    const seat = aSeat({ place: 'Gent', startsAt: new Date('2027-05-01T18:00:00.000Z') });
    await seats.insert(seat, ticketCreated);
    expect((await seats.raw(seat.id)).index).toEqual({ words: ['Row', '1'] });
    expect(await seats.find(seat.id)).toEqual(seat);
  });

  it.each(['$title', '$100', '$uicideboy$', '$$ROOT', '$$NOW', '$[0]', '{"$gt":""}', '$cents.$place', '\\$'])(
    'with %s in what a user wrote stores just that',
    async (text) => {
      const seat = aSeat({ title: text, place: text, holder: { name: text } });
      await seats.insert(seat, ticketCreated);
      await seats.change(
        seat.id,
        (current): SeatDecision =>
          change({ ...current, title: text, place: text, holder: { name: text } }, ticketUpdated),
      );
      expect(await seats.raw(seat.id)).toMatchObject({ title: text, place: text, holder: { name: text } });
      const { outbox } = await seats.raw(seat.id);
      expect(outbox).toMatchObject([{ data: { title: text, place: text } }, { data: { title: text } }]);
    },
  );

  it('with $ and . in the keys of what is kept whole stores just that', async () => {
    const notes = {
      $set: { 'a.b': 1 },
      $$ROOT: ['$title', { $literal: '$x' }],
      'price.amount': { $add: [1, 2] },
    };
    const seat = aSeat();
    await seats.insert(seat, ticketCreated);
    await seats.change(seat.id, (current): SeatDecision => change({ ...current, notes }, ticketUpdated));
    expect((await seats.raw(seat.id)).notes).toEqual(notes);
    await seats.commitAll([
      {
        current: { ...seat, version: 1, notes },
        next: { ...seat, notes: { $x: '$$NOW' } },
        event: undefined,
      },
    ]);
    expect((await seats.raw(seat.id)).notes).toEqual({ $x: '$$NOW' });
  });

  it('made again and again while the broker is away leaves one event of each type, the newest', async () => {
    // An hour of edits: with every event kept it would be over 16 MB, and could not even be withdrawn any more.
    const text = 'x'.repeat(20_000);
    const seat = aSeat();
    await seats.insert(seat, ticketCreated);
    for (let edit = 1; edit <= 1_000; edit += 1) {
      await seats.change(
        seat.id,
        (current): SeatDecision => change({ ...current, title: `${edit} ${text}` }, ticketUpdated),
      );
    }
    const { outbox } = await seats.raw(seat.id);
    expect((outbox as { id: string; type: string }[]).map(({ id, type }) => [id, type])).toEqual([
      [`ticket/${seat.id}@0`, 'ticket:created'],
      [`ticket/${seat.id}@1000`, 'ticket:updated'],
    ]);
    await seats.change(seat.id, (current): SeatDecision => change({ ...current, cents: 0 }));
    expect(await seats.raw(seat.id)).toMatchObject({ cents: 0, version: 1_001, outbox });
  });

  it('of many at once is one write, and leaves alone what somebody else has changed meanwhile', async () => {
    const rows = Array.from({ length: 5 }, () => aSeat());
    for (const seat of rows) await seats.insert(seat, ticketCreated);
    const [taken] = rows;
    if (taken === undefined) throw new Error('no seat');
    await seats.commit(taken, { ...taken, title: 'Taken' }, ticketUpdated);

    const changes = rows.map((current) => ({
      current,
      next: { ...current, cents: 7 },
      event: ticketUpdated,
    }));
    let saved = 0;
    const writes = await writesDuring(async () => {
      saved = await seats.commitAll(changes);
    });
    expect([saved, writes.length]).toEqual([4, 1]);
    expect(await seats.raw(taken.id)).toMatchObject({ title: 'Taken', cents: 1_000, version: 1 });
    for (const seat of rows.slice(1)) {
      const { outbox, ...raw } = await seats.raw(seat.id);
      expect(raw).toMatchObject({ cents: 7, version: 1, savedAt: expect.any(Date) });
      expect(outbox).toMatchObject([
        { id: `ticket/${seat.id}@0` },
        { id: `ticket/${seat.id}@1`, type: 'ticket:updated', data: { price: { amount: 7 } } },
      ]);
    }
    expect(await seats.commitAll([])).toBe(0);
  });

  it('leaves alone what a newer version has added to the document, and does not decide on it', async () => {
    const seat = await seats.insert(aSeat({ place: 'Hamburg', holder: { name: 'Ann' } }), ticketCreated);
    const added = { colour: 'red', price: { a: 1 }, 'holder.phone': '1', 'index.rank': 3 };
    await seats.model.collection.updateOne({ _id: new Types.ObjectId(seat.id) }, { $set: added });
    expect(await seats.find(seat.id)).toEqual(seat);
    expect(await seats.list({ _id: new Types.ObjectId(seat.id) }, { _id: 1 }, 1)).toEqual([seat]);

    const raised = await seats.change(seat.id, raisePrice);
    expect(raised).toMatchObject({ kind: 'changed', state: { version: 1, cents: 1_001 } });
    const current = raised?.state ?? seat;
    await seats.commitAll([{ current, next: { ...current, place: undefined }, event: ticketUpdated }]);
    const document = await seats.raw(seat.id);
    expect(document).toMatchObject({ version: 2, cents: 1_001, colour: 'red', price: { a: 1 } });
    expect(document).not.toHaveProperty('place');
    // Inside of a field that has not changed, too.
    expect(document.holder).toEqual({ name: 'Ann', phone: '1' });
  });

  it('writes what has changed, and no more', async () => {
    const seat = await seats.insert(aSeat({ startsAt: new Date(0), notes: { a: [1] } }), ticketCreated);
    const [write = {}] = await writesDuring(() => seats.change(seat.id, raisePrice));
    const [{ u: pipeline }] = write.updates as [{ u: [{ $set: object }] }];
    expect(Object.keys(pipeline[0].$set).sort()).toEqual(['cents', 'index', 'outbox', 'savedAt', 'version']);
  });

  it('with a field that nobody declared is refused by the store', async () => {
    const seat = { ...aSeat(), colour: 'red' };
    await expect(seats.insert(seat, ticketCreated)).rejects.toThrow('colour');
    expect(await seats.raw(seat.id)).toEqual({});

    const { colour: _, ...known } = seat;
    await seats.insert(known, ticketCreated);
    const before = await seats.raw(seat.id);
    await expect(seats.commit(known, seat, ticketUpdated)).rejects.toThrow('colour');
    const holder = { name: 'Ann', colour: 'red' };
    await expect(seats.commit(known, { ...known, holder }, ticketUpdated)).rejects.toThrow('colour');
    await expect(seats.commitAll([{ current: known, next: seat, event: ticketUpdated }])).rejects.toThrow(
      'colour',
    );
    expect(await seats.raw(seat.id)).toEqual(before);
  });

  it('to what a field cannot be is refused by the store', async () => {
    const seat = aSeat();
    await seats.insert(seat, ticketCreated);
    const before = await seats.raw(seat.id);
    const dear = { ...seat, cents: 'dear' as unknown as number };
    await expect(seats.commit(seat, dear, ticketUpdated)).rejects.toThrow('cents');
    expect(await seats.raw(seat.id)).toEqual(before);
  });

  it('is made once: the same id a second time is refused', async () => {
    const seat = aSeat();
    await seats.insert(seat, ticketCreated);
    const error: unknown = await seats.insert({ ...seat, title: 'Row 2' }, ticketCreated).catch((e) => e);
    expect(isDuplicateKey(error, '_id_')).toBe(true);
    expect(await seats.raw(seat.id)).toMatchObject({ title: 'Row 1' });
  });

  it('is not made by a decision that changes nothing, refuses, or puts off', async () => {
    const seat = aSeat();
    await seats.insert(seat, ticketCreated);
    const before = await seats.raw(seat.id);
    const until = new Date();
    expect(await seats.change(seat.id, () => unchanged)).toEqual({ kind: 'unchanged', state: seat });
    expect(await seats.change(seat.id, () => putOff(until))).toEqual({ kind: 'put off', state: seat, until });
    const refusal = new BadRequest('ticket_sold', 'Sold');
    await expect(seats.change(seat.id, () => refuse(refusal))).rejects.toBe(refusal);
    expect(await seats.raw(seat.id)).toEqual(before);
  });
});

describe('a list', () => {
  it('is given a second at the database: what takes longer is an attack or a missing index', async () => {
    const database = await testDatabase();
    const mongo = await watchedConnection(database.url);
    const seats = seatStore(mongo, { bus: noBroker });
    const seat = await seats.insert(aSeat(), ticketCreated);
    const asked: unknown[] = [];
    mongo.getClient().on('commandStarted', ({ commandName, command }) => {
      if (commandName === 'find') asked.push(command.maxTimeMS);
    });
    expect(await seats.list({ title: seat.title }, { _id: 1 }, 10)).toEqual([seat]);
    expect(asked).toEqual([1_000]);
    await mongo.close();
    await database.end();
  });
});

describe('a state that consumers have heard of', () => {
  let database: TestDatabase;
  let seats: SeatStore;
  beforeAll(async () => {
    database = await testDatabase();
    seats = seatStore(database.mongo, { bus: noBroker });
    await database.buildIndexes();
  });
  afterAll(() => database.end());

  const waitingFor = async (id: string): Promise<string[]> =>
    ((await seats.raw(id)).outbox as { type: string; id: string }[]).map((each) => `${each.type} ${each.id}`);

  it('is written as it is, under its own version, where there is none', async () => {
    const next = aSeat({ version: 7, place: 'Berlin' });
    await seats.takeBack([{ current: undefined, next, event: ticketUpdated }]);
    expect(await seats.find(next.id)).toEqual(next);
    expect(await waitingFor(next.id)).toEqual([`ticket:updated ticket/${next.id}@7`]);
    expect(await seats.raw(next.id)).toMatchObject({ index: { words: ['Row', '1'] } });
  });

  it('replaces an older one, and what waits in the outbox stays but for the same type', async () => {
    const current = aSeat({ place: 'Berlin' });
    await seats.insert(current, ticketCreated);
    const { place: _place, ...rest } = current;
    const next = { ...rest, version: 4, cents: 2 };
    await seats.takeBack([{ current, next, event: ticketUpdated }]);
    expect(await seats.find(current.id)).toEqual(next);
    expect(await waitingFor(current.id)).toEqual([
      `ticket:created ticket/${current.id}@0`,
      `ticket:updated ticket/${current.id}@4`,
    ]);
    const newer = { ...next, version: 5 };
    await seats.takeBack([{ current: next, next: newer, event: ticketUpdated }]);
    expect((await waitingFor(current.id)).slice(1)).toEqual([`ticket:updated ticket/${current.id}@5`]);
  });

  it('leaves alone what has changed since it was read', async () => {
    const current = aSeat();
    await seats.insert(current, ticketCreated);
    const changed = await seats.commit(current, { ...current, cents: 3 }, ticketUpdated);
    await seats.takeBack([{ current, next: { ...current, version: 9 }, event: ticketUpdated }]);
    expect(await seats.find(current.id)).toEqual(changed);
  });

  it('is refused where it is not newer', async () => {
    const current = aSeat({ version: 2 });
    const next = { ...current, cents: 5 };
    await expect(seats.takeBack([{ current, next, event: undefined }])).rejects.toThrow(TypeError);
  });

  it('has beside it what is given, in place of what would be written', async () => {
    const savedAt = new Date('2027-05-01T12:00:00Z');
    const [made, current] = [aSeat(), aSeat()];
    await seats.insert(current, ticketCreated);
    await seats.takeBack([
      { current: undefined, next: made, event: ticketCreated, beside: { savedAt } },
      { current, next: { ...current, version: 1 }, event: ticketUpdated, beside: { savedAt } },
    ]);
    for (const { id } of [made, current]) expect(await seats.raw(id)).toMatchObject({ savedAt });
  });

  it('is one of all, which come in the order of their ids', async () => {
    const ids: string[] = [];
    for await (const { id } of seats.all()) ids.push(id);
    expect(ids).toHaveLength(await seats.model.countDocuments());
    expect(ids).toEqual([...ids].sort());
  });
});
