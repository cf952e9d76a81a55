import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, jest } from '@jest/globals';
import { temporaryFolder } from './temporary-folder.ts';

// Each test starts processes, which takes seconds each on a busy machine.
jest.setTimeout(180_000);

const folder = temporaryFolder('boundaries');
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The names of the rules that these files break, checked as `npm run check` does it. */
const broken = async (files: Record<string, string>): Promise<string[]> => {
  const project = await mkdtemp(path.join(folder, 'project-'));
  for (const [file, content] of Object.entries({
    'package.json': '{"dependencies":{"express":"5"}}',
    ...files,
  })) {
    await mkdir(path.dirname(path.join(project, file)), { recursive: true });
    await writeFile(path.join(project, file), content);
  }
  const report = await new Promise<string>((resolve, reject) => {
    execFile(
      process.execPath,
      [
        path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
        ...['--config', path.join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', '.'],
      ],
      { cwd: project, maxBuffer: 1 << 24 },
      (error, stdout, stderr) => (stdout ? resolve(stdout) : reject(error ?? new Error(stderr))),
    );
  });
  const { summary }: { summary: { violations: { rule: { name: string } }[] } } = JSON.parse(report);
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
};

const empty = 'export const nothing = 0;\n';
const imports = (...modules: string[]) => modules.map((module) => `import '${module}';\n`).join('');

describe('the direction of dependencies', () => {
  it('allows a service laid out as ours are', async () => {
    expect(
      await broken({
        'orders/src/main.ts': imports('./app.ts', './config.ts', './store/index.ts'),
        'orders/src/app.ts': imports('./routes.ts', './reactions.ts'),
        'orders/src/config.ts': empty,
        'orders/src/contract.ts': empty,
        'orders/src/routes.ts': imports('./use-cases/reserve-ticket.ts'),
        'orders/src/reactions.ts': imports('./use-cases/reserve-ticket.ts'),
        'orders/src/use-cases/reserve-ticket.ts': imports(
          '../order.ts',
          '../store/index.ts',
          '../contract.ts',
        ),
        'orders/src/store/index.ts': imports('../order.ts', '../../../common/src/outbox/index.ts'),
        'orders/src/order.ts': imports('../../common/src/money/index.ts'),
        'orders/test/reserve-ticket.test.ts': imports('../src/app.ts', '../../common/src/testing/index.ts'),
        'client/src/price.ts': imports('../../common/src/money/index.ts'),
        'common/src/money/index.ts': empty,
        'common/src/outbox/index.ts': empty,
        'common/src/testing/index.ts': empty,
      }),
    ).toEqual([]);
  });

  it.each<[string, string, Record<string, string>]>([
    [
      'two files that need each other, one of them for a type only',
      'no-cycles',
      {
        'orders/src/use-cases/index.ts': imports('./reserve-ticket.ts'),
        'orders/src/use-cases/reserve-ticket.ts':
          "import type { Deps } from './index.ts';\nexport type D = Deps;\n",
      },
    ],
    [
      'a service that imports another one',
      'services-know-only-common',
      { 'orders/src/order.ts': imports('../../tickets/src/ticket.ts'), 'tickets/src/ticket.ts': empty },
    ],
    [
      'a service that imports only a type of another one',
      'services-know-only-common',
      {
        'orders/src/order.ts':
          "import type { Ticket } from '../../tickets/src/ticket.ts';\nexport type T = Ticket;\n",
        'tickets/src/ticket.ts': 'export interface Ticket { id: string }\n',
      },
    ],
    [
      'common that imports a service',
      'common-knows-no-service',
      {
        'common/src/events/index.ts': imports('../../../tickets/src/ticket.ts'),
        'tickets/src/ticket.ts': empty,
      },
    ],
    [
      'reconciliation that imports a service',
      'reconcile-knows-only-common',
      { 'reconcile/test/order.test.ts': imports('../../orders/src/order.ts'), 'orders/src/order.ts': empty },
    ],
    [
      'a service that imports reconciliation',
      'reconcile-is-for-tests-and-operators',
      { 'orders/src/app.ts': imports('../../reconcile/src/index.ts'), 'reconcile/src/index.ts': empty },
    ],
    [
      'a client that takes more of common than what is pure',
      'client-knows-only-http',
      {
        'client/src/shared/page.ts': imports('../../../common/src/http/index.ts'),
        'common/src/http/index.ts': empty,
      },
    ],
    [
      'a client that imports a service',
      'client-knows-only-http',
      { 'client/src/shared/page.ts': imports('../../../orders/src/order.ts'), 'orders/src/order.ts': empty },
    ],
    ['a file that does not exist', 'resolvable', { 'orders/src/order.ts': imports('./missing.ts') }],
    [
      'a use case that knows its route',
      'tables-are-for-wiring',
      { 'orders/src/use-cases/a.ts': imports('../routes.ts'), 'orders/src/routes.ts': empty },
    ],
    [
      'a reaction table that another module than app and main reads',
      'tables-are-for-wiring',
      { 'orders/src/store/a.ts': imports('../reactions.ts'), 'orders/src/reactions.ts': empty },
    ],
    [
      'a use case that makes the app',
      'main-imports-app',
      { 'orders/src/use-cases/a.ts': imports('../app.ts'), 'orders/src/app.ts': empty },
    ],
    [
      'anything that imports main',
      'only-main-starts-things',
      { 'orders/test/a.test.ts': imports('../src/main.ts'), 'orders/src/main.ts': empty },
    ],
    [
      'a use case that answers over HTTP',
      'use-cases-do-not-speak-http',
      {
        'orders/package.json': '{"dependencies":{"express":"5"}}',
        'orders/src/use-cases/a.ts': imports('express'),
        'node_modules/express/package.json': '{"main":"index.js"}',
        'node_modules/express/index.js': '',
      },
    ],
    [
      'a store that calls a use case',
      'store-serves-use-cases',
      { 'orders/src/store/a.ts': imports('../use-cases/b.ts'), 'orders/src/use-cases/b.ts': empty },
    ],
    [
      'a decision that reaches the store',
      'domain-is-pure',
      { 'orders/src/order.ts': imports('./store/a.ts'), 'orders/src/store/a.ts': empty },
    ],
    [
      'production code that needs the test kit',
      'test-kit-only-in-tests',
      {
        'orders/src/app.ts': imports('../../common/src/testing/index.ts'),
        'common/src/testing/index.ts': empty,
      },
    ],
    [
      'production code that needs what runs a developer’s machine',
      'published-source-stands-alone',
      {
        'orders/src/app.ts': imports('../../infra/local/engines/index.ts'),
        'infra/local/engines/index.ts': empty,
      },
    ],
    [
      'production code that needs a package meant for development',
      'no-dev-packages-at-run-time',
      {
        'orders/package.json': '{"devDependencies":{"supertest":"7"}}',
        'orders/src/order.ts': imports('supertest'),
        'node_modules/supertest/package.json': '{"main":"index.js"}',
        'node_modules/supertest/index.js': '',
      },
    ],
    [
      'a package that no package.json lists',
      'declared-packages-only',
      {
        'orders/package.json': '{}',
        'orders/src/order.ts': imports('left-pad'),
        'node_modules/left-pad/package.json': '{"main":"index.js"}',
        'node_modules/left-pad/index.js': '',
      },
    ],
  ])(
    'finds %s',
    async (_what, rule, files) => {
      expect(await broken(files)).toContain(rule);
    },
    60_000,
  );
});
