/**
 * Puts the demo data into a cluster (infra/k8s/components/demo-data): asks the services themselves, by the settings by which
 * the shop's pages find them, as a proxy would that ends TLS.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { putIn } from './put-in.ts';
import { visitor } from './visitor.ts';

const READY_MS = 10 * 60_000;
const LOOK_MS = 2_000;

const serviceOf: Readonly<Record<string, string | undefined>> = {
  users: process.env.AUTH_URL,
  tickets: process.env.TICKETS_URL,
  profiles: process.env.COMMUNITY_URL,
  posts: process.env.COMMUNITY_URL,
  comments: process.env.COMMUNITY_URL,
};

const urlOf = (path: string): string => {
  const url = serviceOf[path.split('/')[2]?.split('?')[0] ?? ''];
  if (url === undefined)
    throw new Error(`nobody answers ${path}: AUTH_URL, TICKETS_URL and COMMUNITY_URL say who does`);
  return `${url}${path}`;
};

const isReady = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(LOOK_MS) })).ok;
  } catch {
    return false;
  }
};

const deadline = Date.now() + READY_MS;
for (const url of new Set(Object.values(serviceOf))) {
  while (url !== undefined && !(await isReady(url))) {
    if (Date.now() > deadline) throw new Error(`${url} does not get ready`);
    await delay(LOOK_MS);
  }
}
const visit = visitor(urlOf, AbortSignal.timeout(READY_MS), { 'X-Forwarded-Proto': 'https' });
const { accounts, tickets, posts } = await putIn(visit);
process.stdout.write(`Demo data: ${accounts} accounts, ${tickets} tickets and ${posts} posts\n`);
