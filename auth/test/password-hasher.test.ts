import { scryptSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Unavailable } from '@ticketing/common/errors';
import { type Derive, passwordHasher } from '../src/passwords/password-hasher.ts';

const cheap = { ln: 4, r: 8, p: 1 };

describe('a password hash', () => {
  it('is scrypt with N = 2^14, r = 8, p = 5 over 16 bytes of salt, and says so', async () => {
    const stored = await passwordHasher().hash('brass kettle');
    const [, , costs, salt = '', hash = ''] = stored.split('$');
    expect(costs).toBe('ln=14,r=8,p=5');
    const saltBytes = Buffer.from(salt, 'base64');
    expect(saltBytes).toHaveLength(16);
    const expected = scryptSync('brass kettle', saltBytes, 32, { N: 2 ** 14, r: 8, p: 5, maxmem: 2 ** 26 });
    expect(Buffer.from(hash, 'base64')).toEqual(expected);
  });

  it('matches the password and no other', async () => {
    const passwords = passwordHasher({ costs: cheap });
    const stored = await passwords.hash('brass kettle');
    expect(await passwords.verify('brass kettle', stored)).toBe(true);
    expect(await passwords.verify('brass kettles', stored)).toBe(false);
    expect(await passwords.verify('', stored)).toBe(false);
  });

  it('is another one each time, so equal passwords do not look equal', async () => {
    const passwords = passwordHasher({ costs: cheap });
    expect(await passwords.hash('brass kettle')).not.toBe(await passwords.hash('brass kettle'));
  });

  it('is verified with the costs it was made with, and is outdated once they are others', async () => {
    const before = passwordHasher({ costs: cheap });
    const now = passwordHasher({ costs: { ln: 5, r: 8, p: 1 } });
    const stored = await before.hash('brass kettle');
    expect(await now.verify('brass kettle', stored)).toBe(true);
    expect(now.isOutdated(stored)).toBe(true);
    expect(before.isOutdated(stored)).toBe(false);
  });

  it('can cost more than the memory that Node allows by itself', async () => {
    const passwords = passwordHasher({ costs: { ln: 15, r: 16, p: 1 } });
    expect(await passwords.verify('brass kettle', await passwords.hash('brass kettle'))).toBe(true);
  });

  it('of nobody matches nothing, and costs as much as any other', async () => {
    const passwords = passwordHasher({ costs: cheap });
    expect(await passwords.verify('', passwords.decoy)).toBe(false);
    expect(passwords.isOutdated(passwords.decoy)).toBe(false);
    expect(passwords.decoy).not.toBe(passwordHasher({ costs: cheap }).decoy);
  });

  it('that is not one of ours is an error and never a match', async () => {
    const passwords = passwordHasher({ costs: cheap });
    for (const stored of [
      '',
      'plain text',
      '$2b$10$abcdefghijklmnopqrstuv',
      '$scrypt$ln=4,r=8,p=1$c2FsdA$',
    ]) {
      await expect(passwords.verify('brass kettle', stored)).rejects.toThrow('not one of ours');
    }
  });
});

describe('hashing', () => {
  it('does two at once, lets the next ones wait in line, and sends the rest away', async () => {
    let running = 0;
    let most = 0;
    const finish: (() => void)[] = [];
    const derive: Derive = async (_password, _salt, _costs, bytes) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => finish.push(resolve));
      running -= 1;
      return Buffer.alloc(bytes);
    };
    const passwords = passwordHasher({ derive, maxWaiting: 3 });
    const inside = Array.from({ length: 5 }, () => passwords.hash('brass kettle'));
    await expect(passwords.hash('brass kettle')).rejects.toThrow(Unavailable);
    await expect(passwords.verify('brass kettle', passwords.decoy)).rejects.toMatchObject({
      status: 503,
      retryAfter: expect.any(Number),
    });
    let ended = 0;
    for (const hash of inside) {
      void hash.then(() => {
        ended += 1;
      });
    }
    while (ended < inside.length) {
      for (const resolve of finish.splice(0)) resolve();
      await new Promise(setImmediate);
    }
    expect(most).toBe(2);
    const late = passwords.hash('brass kettle');
    while (finish.length === 0) await new Promise(setImmediate);
    for (const resolve of finish.splice(0)) resolve();
    expect(await late).toMatch(/^\$scrypt\$/);
  });

  it('that fails gives its place to the next', async () => {
    let fails = true;
    const derive: Derive = async (_password, _salt, _costs, bytes) => {
      if (fails) throw new Error('out of memory');
      return Buffer.alloc(bytes);
    };
    const passwords = passwordHasher({ derive });
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => passwords.hash('brass kettle')));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    fails = false;
    expect(await passwords.hash('brass kettle')).toMatch(/^\$scrypt\$/);
  });
});
