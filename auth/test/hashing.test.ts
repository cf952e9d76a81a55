import { scryptSync } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@ticketing/common/errors';
import { eventually } from '@ticketing/common/testing';
import { accountSignUps, accountTries } from '../src/budgets.ts';
import {
  type Derive,
  type PasswordHasher,
  passwordHasher,
  SCRYPT_COSTS,
} from '../src/passwords/password-hasher.ts';
import { type FrontDesk, GOOD_PASSWORD, openFrontDesk } from './front-desk.ts';

/** Quick, and notes what each hash would have cost. */
const countingDerive = () => {
  const work: string[] = [];
  const derive: Derive = async (password, salt, { ln, r, p }, bytes) => {
    work.push(`2^${ln}/${r}/${p}, ${password.length} characters, ${salt.length} of salt → ${bytes}`);
    return scryptSync(password, salt, bytes, { N: 16, r: 8, p: 1 });
  };
  return { work, derive };
};

let desk: FrontDesk | undefined;
afterEach(() => desk?.end());

describe('the work that a sign-in costs', () => {
  it('is the same for an unknown email as for a wrong password, so nobody can time who has an account', async () => {
    const { work, derive } = countingDerive();
    desk = await openFrontDesk({ passwords: passwordHasher({ derive }) });
    await desk.visitor().signUp('known@example.com');
    const workOf = async (email: string) => {
      work.length = 0;
      expect((await desk?.visitor().signIn(email, 'a wrong password'))?.status).toBe(400);
      return [...work];
    };
    const known = await workOf('known@example.com');
    expect(known).toEqual(['2^14/8/5, 16 characters, 16 of salt → 32']);
    expect(await workOf('unknown@example.com')).toEqual(known);
  });

  it('is spared where an email is in use, as that is no secret', async () => {
    const { work, derive } = countingDerive();
    desk = await openFrontDesk({ passwords: passwordHasher({ derive }) });
    await desk.visitor().signUp('known@example.com');
    work.length = 0;
    expect((await desk.visitor().signUp('known@example.com')).status).toBe(400);
    expect(work).toEqual([]);
  });
});

describe('a hash from before the costs were raised', () => {
  const storedHash = async () =>
    String((await desk?.mongo.collection('users').findOne({ email: 'old@example.com' }))?.passwordHash);

  const openWithOldHash = async (derive: Derive, passwords = passwordHasher({ derive })) => {
    desk = await openFrontDesk({ passwords });
    await desk.visitor().signUp('old@example.com');
    const salt = Buffer.alloc(16, 7);
    const hash = await derive(GOOD_PASSWORD, salt, { ln: 12, r: 8, p: 1 }, 32);
    const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
    await desk.mongo
      .collection('users')
      .updateOne(
        { email: 'old@example.com' },
        { $set: { passwordHash: `$scrypt$ln=12,r=8,p=1$${unpadded(salt)}$${unpadded(hash)}` } },
      );
    return desk;
  };

  it('is made anew when its owner signs in', async () => {
    const { derive } = countingDerive();
    const { visitor } = await openWithOldHash(derive);
    expect((await visitor().signIn('old@example.com')).status).toBe(200);
    const { ln, r, p } = SCRYPT_COSTS;
    expect(await storedHash()).toMatch(new RegExp(`^\\$scrypt\\$ln=${ln},r=${r},p=${p}\\$`));
    expect((await visitor().signIn('old@example.com')).status).toBe(200);
  });

  it('stays when somebody else guesses', async () => {
    const { derive } = countingDerive();
    const { visitor } = await openWithOldHash(derive);
    expect((await visitor().signIn('old@example.com', 'a wrong password')).status).toBe(400);
    expect(await storedHash()).toMatch(/^\$scrypt\$ln=12,/);
  });

  it('stays, and lets its owner in, while the queue is too full to make it anew', async () => {
    const { derive } = countingDerive();
    const hasher = passwordHasher({ derive });
    let full = false;
    const passwords: PasswordHasher = {
      ...hasher,
      async hash(password) {
        if (full) throw new Unavailable();
        return hasher.hash(password);
      },
    };
    const { visitor } = await openWithOldHash(derive, passwords);
    full = true;
    expect((await visitor().signIn('old@example.com')).status).toBe(200);
    expect(await storedHash()).toMatch(/^\$scrypt\$ln=12,/);
    full = false;
    expect((await visitor().signIn('old@example.com')).status).toBe(200);
    expect(await storedHash()).not.toMatch(/^\$scrypt\$ln=12,/);
  });

  it('can be made anew by two sign-ins at once', async () => {
    const { derive } = countingDerive();
    const { visitor } = await openWithOldHash(derive);
    const both = await Promise.all([
      visitor().signIn('old@example.com'),
      visitor().signIn('old@example.com'),
    ]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect((await visitor().signIn('old@example.com')).status).toBe(200);
  });
});

/** A gate before every hash: while it is closed, hashing begins and does not end. */
const gatedDerive = () => {
  let open = (): void => undefined;
  let opened = Promise.resolve();
  const gate = {
    /** Hashes begun so far. */
    started: 0,
    close() {
      opened = new Promise((resolve) => {
        open = resolve;
      });
    },
    open: () => open(),
  };
  const derive: Derive = async (password, _salt, _costs, bytes) => {
    gate.started += 1;
    await opened;
    return Buffer.alloc(bytes, password);
  };
  return { gate, derive };
};

describe('a rush of sign-ins', () => {
  it('is answered 503 with Retry-After once the queue is full, and goes on when it is not', async () => {
    const { gate, derive } = gatedDerive();
    gate.close();
    desk = await openFrontDesk({ passwords: passwordHasher({ derive, maxWaiting: 3 }) });
    const { visitor } = desk;
    const guess = () => visitor().signIn('somebody@example.com', 'a wrong password');

    const running = [guess(), guess()];
    await eventually(() => expect(gate.started).toBe(2));
    // Of six more, three wait and three are sent away; those answer while all the others still stand in line.
    const more = Array.from({ length: 6 }, guess);
    const sentAway: Awaited<ReturnType<typeof guess>>[] = [];
    for (const answer of more) void answer.then((came) => sentAway.push(came));
    await eventually(() => expect(sentAway).toHaveLength(3));
    for (const { status, body, headers } of sentAway) {
      expect(status).toBe(503);
      expect(body.errors[0].code).toBe('unavailable');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(gate.started).toBe(2);

    gate.open();
    const answers = await Promise.all([...running, ...more]);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(5);
    expect((await guess()).status).toBe(400);
  });

  it('locks nobody out who is told to come back again and again', async () => {
    const { gate, derive } = gatedDerive();
    desk = await openFrontDesk({ limited: true, passwords: passwordHasher({ derive, maxWaiting: 1 }) });
    const { visitor } = desk;
    await visitor().signUp('patient@example.com');

    gate.close();
    // Two are hashed and one waits: the fourth says that the queue is full.
    const rush = ['a', 'b', 'c', 'd'].map((name) => visitor().signIn(`${name}@example.com`));
    expect((await Promise.race(rush)).status).toBe(503);
    for (let tries = 0; tries < accountTries.points + 1; tries += 1)
      expect((await visitor().signIn('patient@example.com')).status).toBe(503);
    for (let tries = 0; tries < accountSignUps.points + 1; tries += 1)
      expect((await visitor().signUp('newcomer@example.com')).status).toBe(503);

    gate.open();
    await Promise.all(rush);
    expect((await visitor().signIn('patient@example.com')).status).toBe(200);
    expect((await visitor().signUp('newcomer@example.com')).status).toBe(201);
  });
});
