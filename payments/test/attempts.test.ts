import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { BusUnavailable } from '@ticketing/common/messaging';
import { createRelay } from '@ticketing/common/outbox';
import { createLogger } from '@ticketing/common/service';
import { anOrderState, newId, type TestDatabase, testDatabase } from '@ticketing/common/testing';
import { begin, supersede } from '../src/payment.ts';
import { openPaymentStore, type PaymentStore } from '../src/store/payments.ts';
import { IntentUnknown } from '../src/stripe/stripe-port.ts';
import { attempts } from '../src/use-cases/attempts.ts';
import { aMoment } from './desk.ts';

describe('the worker', () => {
  /** A process that drives what it is given until `goOn`, over a store in which so much is due. */
  const aProcess = (due: string[], whileTaking = () => {}) => {
    const goOn = aMoment();
    const driven: string[] = [];
    const process = attempts(
      {
        find: async () => undefined,
        ofOrder: async () => [],
        async takeDue(most) {
          whileTaking();
          return due.splice(0, most);
        },
      },
      async (id) => {
        driven.push(id);
        await goOn.come;
        return undefined;
      },
      createLogger('attempts', 'silent'),
    );
    const end = () => {
      goOn.comes();
      return process.rest();
    };
    return { ...process, driven, end };
  };
  const ids = (count: number) => Array.from({ length: count }, newId);

  it('takes only as much as it can drive, so that the rest is there for other replicas', async () => {
    const due = ids(50);
    const process = aProcess(due);
    for (const id of ids(90)) process.wake(id);
    await process.work();
    expect([due.length, process.driven.length]).toEqual([40, 100]);
    await process.work();
    expect([due.length, process.driven.length]).toEqual([40, 100]);
    await process.end();
    await process.work();
    expect(due).toEqual([]);
    await process.end();
  });

  it('drives all that it has taken, though requests come while it takes', async () => {
    const due = ids(50);
    const taken = [...due];
    const process = aProcess(due, () => {
      for (const id of ids(80)) process.wake(id);
    });
    await process.work();
    expect(process.driven).toEqual(expect.arrayContaining(taken));
    await process.end();
  });
});

describe('an attempt with whose intent nothing can be done', () => {
  it('is told of once by a process, however often it is looked at; every other error each time', async () => {
    const said: string[] = [];
    const logger = createLogger('attempts', 'error', {
      write: (line) => said.push(JSON.parse(line).paymentId),
    });
    const store = { find: async () => undefined, ofOrder: async () => [], takeDue: async () => [] };
    const process = attempts(
      store,
      async (id) => {
        throw id === 'unknown'
          ? new IntentUnknown('Stripe does not know pi_1')
          : new Error('the store is away');
      },
      logger,
    );
    for (let look = 0; look < 3; look += 1) {
      process.wake('unknown');
      process.wake('other');
      await process.rest();
    }
    expect(said.sort()).toEqual(['other', 'other', 'other', 'unknown']);
  });
});

describe('an attempt that is not settled', () => {
  let database: TestDatabase;
  let payments: PaymentStore;
  let now = new Date('2027-05-01T20:00:00Z');
  beforeAll(async () => {
    database = await testDatabase();
    payments = openPaymentStore({
      mongo: database.mongo,
      relay: createRelay({ bus: { publish: () => Promise.reject(new BusUnavailable('not here')) } }),
      clock: { now: () => now },
    });
    await payments.model.createCollection();
    await payments.model.createIndexes();
  });
  afterAll(() => database?.end());
  afterEach(() => payments.model.deleteMany({}));

  const after = (seconds: number) => {
    now = new Date(now.getTime() + seconds * 1_000);
  };
  const anAttempt = async (status: 'authorising' | 'requires_action' = 'authorising') => {
    const payment = { ...begin(newId(), anOrderState(), { paymentMethod: 'pm_1' }, now), status };
    await payments.insert(payment, undefined);
    return payment.id;
  };

  it('is looked at after two seconds, then with growing pauses, at last about every half minute', async () => {
    const id = await anAttempt();
    after(1.9);
    expect(await payments.takeDue(50)).toEqual([]);
    after(0.2);
    expect(await payments.takeDue(50)).toEqual([id]);
    for (const pause of [1, 2, 4, 8, 16, 30, 30, 30]) {
      after(pause * 0.74);
      expect(await payments.takeDue(50)).toEqual([]);
      after(pause * 0.52);
      expect(await payments.takeDue(50)).toEqual([id]);
    }
  });

  it('is looked at sooner again once it has moved', async () => {
    const id = await anAttempt('requires_action');
    for (let look = 0; look < 6; look += 1) {
      after(60);
      expect(await payments.takeDue(50)).toEqual([id]);
    }
    await payments.change(id, supersede);
    after(2.1);
    expect(await payments.takeDue(50)).toEqual([id]);
  });

  it('is given to one of the replicas that ask at once, and the longest waiting first', async () => {
    const waiting: string[] = [];
    for (let n = 0; n < 10; n += 1) {
      waiting.push(await anAttempt());
      after(0.1);
    }
    after(2);
    expect(await payments.takeDue(3)).toEqual(waiting.slice(0, 3));
    const taken = await Promise.all([payments.takeDue(50), payments.takeDue(50), payments.takeDue(50)]);
    expect(taken.flat().sort()).toEqual(waiting.slice(3).sort());
  });
});
