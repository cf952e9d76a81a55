import { expect, test } from '@jest/globals';
import { remembered } from './remembered.ts';

/** A service that answers when it is told to, and a clock that goes when it is told to. */
const service = () => {
  const waiting: { answer: (value: string) => void; fail: () => void }[] = [];
  let time = 1_000_000;
  let asked = 0;
  const read = remembered(
    () =>
      new Promise<string>((resolve, reject) => {
        asked += 1;
        waiting.push({ answer: resolve, fail: () => reject(new Error('away')) });
      }),
    { freshMs: 60_000, againMs: 5_000, now: () => time },
  );
  return {
    read,
    asked: () => asked,
    pass: (ms: number) => {
      time += ms;
    },
    next: () => {
      const [first] = waiting.splice(0, 1);
      if (first === undefined) throw new Error('nobody asked');
      return first;
    },
  };
};

test('the first visitors wait for one answer together', async () => {
  const { read, asked, next } = service();
  const all = [read(), read(), read()];
  next().answer('usd');
  expect(await Promise.all(all)).toEqual(['usd', 'usd', 'usd']);
  expect(asked()).toBe(1);
});

test('a known answer is not asked for again until it is old', async () => {
  const { read, asked, next, pass } = service();
  const first = read();
  next().answer('usd');
  await first;
  pass(59_999);
  expect(await read()).toBe('usd');
  expect(asked()).toBe(1);
});

test('nobody waits while an old answer is asked for anew', async () => {
  const { read, asked, next, pass } = service();
  const first = read();
  next().answer('usd');
  await first;
  pass(60_000);
  expect(await read()).toBe('usd');
  expect(asked()).toBe(2);
  next().answer('eur');
  await new Promise(setImmediate);
  expect(await read()).toBe('eur');
});

test('while the service is away, what was known last stands', async () => {
  const { read, next, pass } = service();
  const first = read();
  next().answer('usd');
  await first;
  pass(60_000);
  await read();
  next().fail();
  await new Promise(setImmediate);
  expect(await read()).toBe('usd');
});

test('a service that was never there is asked again soon, but not by every page', async () => {
  const { read, asked, next, pass } = service();
  const first = read();
  next().fail();
  expect(await first).toBeUndefined();
  expect(await read()).toBeUndefined();
  expect(asked()).toBe(1);
  pass(5_000);
  const again = read();
  next().answer('usd');
  expect(await again).toBe('usd');
});
