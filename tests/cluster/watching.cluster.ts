/**
 * Needs skaffold on the PATH, and a cluster in which nothing else is deployed by it: this test runs `skaffold dev`
 * on a clone of its own, so that no source of anybody's is touched. It leaves overlays/dev behind; `skaffold run -p test`
 * brings back what the other tests look at.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@ticketing/common/testing';
import { Person } from '../support/shop.ts';

const run = promisify(execFile);

const MINUTES = 60_000;
const CHANGES = 5;
const WITHIN_MS = 5_000;

const root = path.resolve(import.meta.dirname, '../..');
const stranger = new Person(process.env.BASE_URL ?? '');

let clone = '';
let skaffold: ChildProcess | undefined;
let said = '';

const endSkaffold = async (): Promise<void> => {
  if (skaffold === undefined || skaffold.exitCode !== null) return;
  const ended = new Promise((resolve) => skaffold?.once('exit', resolve));
  skaffold.kill('SIGINT');
  await ended;
};

beforeAll(async () => {
  clone = await mkdtemp(path.join(tmpdir(), 'ticketing-watching-'));
  await run('git', ['clone', '--quiet', root, clone]);
  // Left as it is when we end: what was there before us may still be wanted.
  skaffold = spawn('skaffold', ['dev', '--cleanup=false', '--port-forward=off'], {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of [skaffold.stdout, skaffold.stderr]) {
    stream?.on('data', (chunk) => {
      said += String(chunk);
    });
  }
  await eventually(() => {
    if (skaffold?.exitCode !== null) throw new Error(`skaffold ended:\n${said.slice(-3_000)}`);
    expect(said).toContain('Watching for changes');
  }, 15 * MINUTES);
}, 16 * MINUTES);

afterAll(async () => {
  await endSkaffold();
  await rm(clone, { recursive: true, force: true });
}, 2 * MINUTES);

const SENTENCE = 'q must have at most 8 words';

/** What somebody is told who searches with too many words. */
const refusal = async (): Promise<string | undefined> => {
  const { body } = await stranger.ask<{ errors?: { message: string }[] }>(
    'GET',
    '/api/tickets?q=a%20b%20c%20d%20e%20f%20g%20h%20i',
  );
  return body.errors?.[0]?.message;
};

it(
  'a change of a service answers in the cluster within 5 seconds',
  async () => {
    const source = path.join(clone, 'tickets/src/use-cases/list-tickets.ts');
    const original = await readFile(source, 'utf8');
    expect(await eventually(refusal, MINUTES)).toBe(SENTENCE);
    const took: number[] = [];
    for (let change = 1; change <= CHANGES; change += 1) {
      const sentence = `${SENTENCE}, told in another way (${change})`;
      await writeFile(source, original.replace(SENTENCE, sentence));
      const since = performance.now();
      await eventually(async () => expect(await refusal()).toBe(sentence), MINUTES);
      took.push(Math.round(performance.now() - since));
      // Skaffold says when it has looked at everything again; only then is the next change one of its own.
      await pause(2_000);
    }
    process.stdout.write(`From the change to its answer: ${took.join(', ')} ms.\n`);
    expect(Math.max(...took)).toBeLessThan(WITHIN_MS);
  },
  10 * MINUTES,
);
