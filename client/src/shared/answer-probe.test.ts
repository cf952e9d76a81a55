import { expect, test } from '@jest/globals';
import { answerProbe } from './answer-probe.ts';

const asked = (headers: HeadersInit) =>
  answerProbe(new Request('http://10.244.0.7:3000/readyz', { headers }));

/** As Next hands on what no proxy has touched. */
const BY_NEXT = {
  'x-forwarded-for': '10.244.0.1',
  'x-forwarded-host': '10.244.0.7:3000',
  'x-forwarded-port': '3000',
  'x-forwarded-proto': 'http',
};

test('a probe, which comes straight to the pod, is told that all is well', async () => {
  const answer = asked(BY_NEXT);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ status: 'ok' });
});

test.each([
  ['ingress-nginx, Traefik or npm start', { 'x-real-ip': '203.0.113.7' }],
  ['any proxy that ends TLS', { 'x-forwarded-proto': 'https' }],
  ['two of them', { 'x-forwarded-proto': 'https, http' }],
])('a visitor finds no such page through %s', (_proxy, headers) => {
  expect(asked({ ...BY_NEXT, ...headers }).status).toBe(404);
});
