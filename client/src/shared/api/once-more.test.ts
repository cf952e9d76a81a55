import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import axios from 'axios';
import { onceMore } from './once-more.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A service that meets its first, second, … question as these say, and the last one all that follow. */
const service = async (...answers: readonly RequestListener[]) => {
  let asked = 0;
  const server = createServer((request, response) => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    answer?.(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const ask = () => axios.get(`http://127.0.0.1:${port}/api/tickets`, { proxy: false });
  return { ask, asked: () => asked };
};

const cut: RequestListener = (request) => request.socket.destroy();

test('a page is shown though a service stopped in the moment it was asked', async () => {
  const { ask, asked } = await service(cut, (_request, response) => response.end('on sale'));
  expect((await onceMore('get', ask)).data).toBe('on sale');
  expect(asked()).toBe(2);
});

test('a service that cuts every question is asked twice, and no more', async () => {
  const { ask, asked } = await service(cut);
  await expect(onceMore('get', ask)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(asked()).toBe(2);
});

test('a ticket is not reserved a second time when nobody knows whether it was reserved', async () => {
  const { ask, asked } = await service(cut);
  await expect(onceMore('post', ask)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(asked()).toBe(1);
});

test('an answer is an answer, also one that refuses', async () => {
  const { ask, asked } = await service((_request, response) => response.writeHead(503).end());
  await expect(onceMore('get', ask)).rejects.toMatchObject({ response: { status: 503 } });
  expect(asked()).toBe(1);
});
