import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, testDatabaseUrl } from '@ticketing/common/testing';
import mongoose from 'mongoose';
import { accountSignUps, accountTries, signIns, signUps } from '../src/budgets.ts';
import { cableTo } from './cable.ts';
import { type FrontDesk, GOOD_PASSWORD, openFrontDesk, type Visitor } from './front-desk.ts';

let desk: FrontDesk;
beforeAll(async () => {
  desk = await openFrontDesk({ limited: true });
});
afterAll(() => desk.end());

const from = (address: string) => ({ 'X-Forwarded-For': address });
const send = (visitor: Visitor, path: string, email: string, password: string, address: string) =>
  visitor.ask('POST', path, { body: JSON.stringify({ email, password }), headers: from(address) });
const signIn = (email: string, password: string, address: string) =>
  send(desk.visitor(), '/api/users/signin', email, password, address);
const signUp = (email: string, address: string) =>
  send(desk.visitor(), '/api/users/signup', email, GOOD_PASSWORD, address);

const times = <T>(count: number, ask: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => ask(n)));

describe('guessing passwords', () => {
  it('of one account ends after ten tries, from wherever they come, whether the account exists or not', async () => {
    await signUp('known@example.com', '198.51.100.1');
    for (const email of ['known@example.com', 'unknown@example.com']) {
      const answers = await times(accountTries.points + 5, (n) =>
        signIn(email, 'not the password', `203.0.113.${n}`),
      );
      expect(answers.filter(({ status }) => status === 400)).toHaveLength(accountTries.points);
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused).toHaveLength(5);
      expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused[0]?.body.errors[0].code).toBe('too_many_requests');
    }
    // Not even with the right one: otherwise the tries would go on.
    expect((await signIn('known@example.com', GOOD_PASSWORD, '203.0.113.99')).status).toBe(429);
  });

  it('is forgiven whoever remembers theirs in the end', async () => {
    await signUp('forgetful@example.com', '198.51.100.2');
    for (let day = 0; day < 3; day += 1) {
      await times(accountTries.points - 1, () =>
        signIn('forgetful@example.com', 'was it this', '198.51.100.2'),
      );
      expect((await signIn('FORGETFUL@example.com', GOOD_PASSWORD, '198.51.100.2')).status).toBe(200);
    }
  });

  it('of many accounts from one address ends too', async () => {
    const answers = await times(signIns.points + 10, (n) =>
      signIn(`somebody${n}@example.com`, 'a password many have', '192.0.2.7'),
    );
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
    expect((await signIn('somebody@example.com', 'x', '192.0.2.8')).status).toBe(400);
  });
});

describe('making accounts', () => {
  it('from one address ends after a while', async () => {
    const answers = await times(signUps.points + 5, (n) => signUp(`n${n}@example.com`, '192.0.2.20'));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
    expect((await signUp('other@example.com', '192.0.2.21')).status).toBe(201);
  });

  it('of one email ends after ten tries, from wherever they come, and leaves its owner the way in', async () => {
    const answers = await times(accountSignUps.points + 5, (n) =>
      signUp('Wanted@example.com', `203.0.113.${n}`),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(accountSignUps.points - 1);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(5);
    expect(refused[0]?.body.errors[0].code).toBe('too_many_requests');
    expect((await signUp('wanted@EXAMPLE.com', '192.0.2.22')).status).toBe(429);
    expect((await signIn('wanted@example.com', GOOD_PASSWORD, '192.0.2.22')).status).toBe(200);
  });
});

describe('while the database is away', () => {
  let cable: Awaited<ReturnType<typeof cableTo>>;
  let cutOff: FrontDesk;
  beforeAll(async () => {
    cable = await cableTo(new URL(testDatabaseUrl()));
    cutOff = await openFrontDesk({ limited: true, databaseUrl: cable.url });
    await cable.unplug();
    await eventually(() => expect(cutOff.mongo.readyState).toBe(mongoose.ConnectionStates.disconnected));
  });
  afterAll(async () => {
    await cable.plugIn();
    await cutOff.end();
    await cable.unplug();
  });

  const signInCutOff = (email: string, address: string) =>
    send(cutOff.visitor(), '/api/users/signin', email, GOOD_PASSWORD, address);

  it('whoever signs in waits for it once, not once for each counter', async () => {
    const asked = performance.now();
    expect((await signInCutOff('ada@example.com', '192.0.2.30')).status).toBe(503);
    // The database is waited for 5 s; three times that would be 15.
    expect(performance.now() - asked).toBeLessThan(12_000);
  });

  it('the limits hold', async () => {
    const answers = await times(signIns.points + 5, (n) => signInCutOff(`n${n}@example.com`, '192.0.2.31'));
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(signIns.points);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
  });
});
