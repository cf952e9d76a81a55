/**
 * stripe-mock: Stripe's own server for tests. It keeps nothing, and it checks each request against Stripe's own
 * description of the API; so what it takes, Stripe takes. Our stand-in and our Stripe client are tested with it, and
 * the stand-in's answers with the description that it carries.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { cacheFolder, endWithUs, execute, forget, fromGo, type Report } from '@ticketing/local/engines';
import { withLock } from '@ticketing/local/lock';

const MODULE = 'github.com/stripe/stripe-mock';
const VERSION = '0.203.0';
const DESCRIPTION = 'spec3.json';

/** Where it is, fetched first where it is not yet; of many at once, one fetches and the others wait. */
const installed = async (report: Report): Promise<string> => {
  const cache = cacheFolder();
  const folder = path.join(cache, `stripe-mock-${VERSION}`);
  await mkdir(cache, { recursive: true });
  await withLock(path.join(cache, '.stripe-mock.lock'), async () => {
    if (existsSync(path.join(folder, DESCRIPTION))) return;
    const staged = await mkdtemp(path.join(cache, '.fetching-stripe-mock-'));
    try {
      await fromGo({ module: MODULE, version: VERSION }).fetch(staged, report, process.env);
      await copyFile(
        path.join(await sources(), 'embedded/openapi', DESCRIPTION),
        path.join(staged, DESCRIPTION),
      );
      await rm(folder, { recursive: true, force: true });
      await rename(staged, folder);
    } finally {
      await rm(staged, { recursive: true, force: true });
    }
  });
  return folder;
};

/** The folder of the module's sources; go has it since it has built them. */
const sources = async (): Promise<string> => {
  const { ok, stdout, reason } = await execute('go', ['mod', 'download', '-json', `${MODULE}@v${VERSION}`], {
    timeoutMs: 300_000,
  });
  if (!ok) throw new Error(`stripe-mock's sources: ${reason}`);
  const { Dir: folder }: { Dir: string } = JSON.parse(stdout);
  return folder;
};

const toStderr: Report = (line) => {
  process.stderr.write(`${line}\n`);
};

/** Stripe's OpenAPI description, as JSON. */
export const readApiDescription = async (report = toStderr): Promise<unknown> =>
  JSON.parse(await readFile(path.join(await installed(report), DESCRIPTION), 'utf8'));

export interface RunningStripeMock {
  /** As `http://127.0.0.1:12111`. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts it on a free loopback port; the first time, it is built with go (about a minute).
 * @throws when it cannot be had
 */
export const startStripeMock = async (report = toStderr): Promise<RunningStripeMock> => {
  const command = path.join(await installed(report), 'stripe-mock');
  // HTTPS too, because it would otherwise take a fixed port on every interface.
  const child = spawn(command, ['-http-addr', '127.0.0.1:0', '-https-addr', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child, 'spawn');
  if (child.pid !== undefined) endWithUs(child.pid);
  return { url: `http://${await addressOf(child)}`, stop: () => end(child) };
};

/** It says where it listens once it does. */
const addressOf = async (child: ChildProcess): Promise<string> => {
  const { stdout } = child;
  if (stdout === null) throw new Error('stripe-mock has no output');
  for await (const line of createInterface({ input: stdout })) {
    const address = /HTTP at address: (127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (address === undefined) continue;
    // Read on, or it would stop when the pipe is full.
    stdout.resume();
    return address;
  }
  throw new Error('stripe-mock did not start');
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  }
  if (child.pid !== undefined) forget(child.pid);
};
