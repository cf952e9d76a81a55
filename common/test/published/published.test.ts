import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from '../../../infra/local/build.mjs';

/** npm, a compiler and two linters on a busy machine: minutes, where other tests take seconds. */
const TIMEOUT_MS = 300_000;

const common = fileURLToPath(new URL('../..', import.meta.url));
const installed = path.join(common, '../node_modules');
const versionOf = async (name: string): Promise<string> =>
  JSON.parse(await readFile(path.join(installed, name, 'package.json'), 'utf8')).version;

const exec = promisify(execFile);
/** Runs a command to its end. @throws with all it has printed when it fails */
const run = async (
  cwd: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> => {
  try {
    const options = { cwd, env: { ...process.env, ...env }, timeout: TIMEOUT_MS, maxBuffer: 2 ** 24 };
    return (await exec(command, args, options)).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${[command, ...args].join(' ')}\n${stdout ?? ''}\n${stderr ?? ''}`, { cause: error });
  }
};
const node = (cwd: string, args: readonly string[], env?: Readonly<Record<string, string>>) =>
  run(cwd, process.execPath, args, env);

const tinyService = `
import { randomBytes } from 'node:crypto';
import { envelope, type TicketState, ticketCreated } from '@ticketing/common/events';
import { on, react } from '@ticketing/common/messaging';
import { connectNatsStreaming } from '@ticketing/common/messaging/nats-streaming';

const { NATS_URL: url = '', QUEUE_GROUP: queueGroup = '', TICKET_ID: id = '' } = process.env;
const bus = await connectNatsStreaming({ url, clusterId: 'ticketing', clientName: 'tiny' });

let hear: (ticket: TicketState) => void = () => {};
const heard = new Promise<TicketState>((resolve) => {
  hear = resolve;
});
const reactions = [
  on(ticketCreated, async (ticket) => {
    if (ticket.id === id) hear(ticket);
  }),
];
// Others say things on this broker too; what cannot be read of that is not ours to keep.
await react({ bus, queueGroup, reactions, deadLetters: { keep: async () => {} } });

const ticket: TicketState = {
  id,
  version: 0,
  userId: randomBytes(12).toString('hex'),
  title: 'Nils Frahm',
  price: { amount: 4800, currency: 'usd' },
  listed: true,
  status: 'on sale',
};
await bus.publish(envelope(ticketCreated, ticket, { source: 'tiny', time: new Date() }));
console.log(JSON.stringify(await heard));
await bus.stopConsuming();
await bus.close();
`;

/** What the examples of the README leave to whoever uses them. */
const surroundings = `
declare const rememberTicket: (ticket: import('@ticketing/common/events').TicketState) => Promise<unknown>;
declare const save: (letter: import('@ticketing/common/messaging').FailedEvent) => Promise<void>;
`;

const tsconfig = (sources: string, skipLibCheck: boolean): string =>
  JSON.stringify({
    compilerOptions: {
      target: 'es2023',
      lib: ['es2023'],
      module: 'nodenext',
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      verbatimModuleSyntax: true,
      types: ['node'],
      skipLibCheck,
      rootDir: sources,
      outDir: 'dist',
    },
    include: [sources],
  });

let folder: string;
let tarball: string;
let project: string;

const npmInstall = (...packages: readonly string[]) =>
  run(project, 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages]);
const compile = (file: string) => node(project, ['node_modules/typescript/bin/tsc', '-p', file]);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ticketing-published-'));
  await build(() => {}, { folders: ['common'] });
  // Built just now, under the lock that builds take; npm's own `prepack` would do it again.
  await run(common, 'npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  const [packed] = await readdir(folder);
  tarball = path.join(folder, packed ?? '');

  project = path.join(folder, 'project');
  await mkdir(project);
  const manifest = { name: 'tiny', version: '1.0.0', private: true, type: 'module' };
  await writeFile(path.join(project, 'package.json'), JSON.stringify(manifest));
  const tools = ['typescript', '@types/node'].map(async (name) => `${name}@${await versionOf(name)}`);
  await npmInstall(tarball, ...(await Promise.all(tools)));
}, TIMEOUT_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the library, packed and installed in an empty project', () => {
  it(
    'lets a tiny service compile, publish and consume',
    async () => {
      await mkdir(path.join(project, 'src'));
      await writeFile(path.join(project, 'src/main.ts'), tinyService);
      await writeFile(path.join(project, 'tsconfig.json'), tsconfig('src', false));
      await compile('tsconfig.json');
      const id = randomBytes(12).toString('hex');
      const said = await node(project, ['dist/main.js'], {
        NATS_URL: process.env.TEST_NATS_STREAMING_URL ?? '',
        QUEUE_GROUP: `tiny-${randomBytes(4).toString('hex')}`,
        TICKET_ID: id,
      });
      expect(JSON.parse(said)).toMatchObject({ id, version: 0, title: 'Nils Frahm', status: 'on sale' });
    },
    TIMEOUT_MS,
  );

  it(
    'gives operators their command, also without a client for Redis',
    async () => {
      await expect(readFile(path.join(project, 'node_modules/ioredis/package.json'))).rejects.toThrow(
        'ENOENT',
      );
      const said = await run(project, 'node_modules/.bin/ticketing-operations', ['--help']);
      expect(said).toContain('dead-letters replay ID');
    },
    TIMEOUT_MS,
  );

  it(
    'is used as the examples of its README show',
    async () => {
      await npmInstall(`ioredis@${await versionOf('ioredis')}`);
      const readme = await readFile(path.join(project, 'node_modules/@ticketing/common/README.md'), 'utf8');
      const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);
      expect(examples.length).toBeGreaterThan(15);
      await mkdir(path.join(project, 'examples'));
      await writeFile(path.join(project, 'examples/surroundings.d.ts'), surroundings);
      for (const [index, code] of examples.entries())
        await writeFile(path.join(project, `examples/example-${index + 1}.ts`), code);
      await writeFile(path.join(project, 'tsconfig.examples.json'), tsconfig('examples', true));
      await compile('tsconfig.examples.json');
    },
    TIMEOUT_MS,
  );

  it('holds its sources too, but no test', async () => {
    const files = await readdir(path.join(project, 'node_modules/@ticketing/common'), { recursive: true });
    const wanted = ['README.md', 'CHANGELOG.md', 'LICENSE', 'dist/events/index.d.ts', 'src/events/index.ts'];
    expect(files).toEqual(expect.arrayContaining(wanted));
    expect(files.filter((file) => /\.test\./.test(file))).toEqual([]);
  });
});

describe('the package', () => {
  it(
    'has nothing that publint complains of',
    async () => {
      const publint = path.join(installed, '.bin/publint');
      expect(await node(folder, [publint, 'run', '--strict', tarball])).toContain('All good!');
    },
    TIMEOUT_MS,
  );

  it(
    'gives whoever imports it the right types, says are-the-types-wrong',
    async () => {
      const attw = path.join(installed, '.bin/attw');
      // It fails for any problem but those of CommonJS, which this is not.
      const format = ['--format', 'ascii', '--no-color'];
      const said = await node(folder, [attw, '--profile', 'esm-only', ...format, tarball]);
      const { exports } = JSON.parse(await readFile(path.join(common, 'package.json'), 'utf8'));
      const paths = Object.keys(exports).map((entry) => path.posix.join('@ticketing/common', entry));
      expect(paths.filter((entry) => !said.includes(`"${entry}"`))).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
