import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { temporaryFolder } from './temporary-folder.ts';

// Each test starts processes, which takes seconds each on a busy machine.
jest.setTimeout(180_000);

const folder = temporaryFolder('build');
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A project like ours: tickets needs shared at run time, and comes before it in the list of workspaces. */
let project: string;
let turn = 0;
beforeEach(async () => {
  turn += 1;
  project = path.join(folder, String(turn));
  await mkdir(path.join(project, 'node_modules/@ticketing'), { recursive: true });
  await cp(path.join(root, 'infra/local'), path.join(project, 'infra/local'), {
    recursive: true,
    filter: (source) => !source.includes('node_modules'),
  });
  await symlink(path.join(root, 'node_modules/typescript'), path.join(project, 'node_modules/typescript'));
  await symlink(path.join(project, 'shared'), path.join(project, 'node_modules/@ticketing/shared'));
  await write('package.json', { type: 'module', workspaces: ['tickets', 'shared', 'docs'] });
  await write('package-lock.json', { packages: {} });
  await write('node_modules/.package-lock.json', { packages: {} });
  await write('tsconfig.base.json', {
    compilerOptions: {
      ...{ target: 'es2023', module: 'nodenext', strict: true, declaration: true, types: [] },
      rewriteRelativeImportExtensions: true,
    },
  });
  await write('docs/package.json', { name: '@ticketing/docs' });
  for (const name of ['shared', 'tickets']) {
    await write(`${name}/tsconfig.build.json`, {
      extends: '../tsconfig.base.json',
      compilerOptions: { rootDir: 'src', outDir: 'dist' },
      include: ['src'],
    });
  }
  await write('shared/package.json', {
    ...{ name: '@ticketing/shared', type: 'module' },
    exports: { './*': { types: './dist/*.d.ts', default: './dist/*.js' } },
  });
  await write('shared/src/money.ts', "export const currency = 'usd';\n");
  await write('tickets/package.json', {
    ...{ name: '@ticketing/tickets', type: 'module' },
    dependencies: { '@ticketing/shared': '1.0.0' },
  });
  await write('tickets/src/main.ts', "import { price } from './price.ts';\nexport const first = price(1);\n");
  await write(
    'tickets/src/price.ts',
    "import { currency } from '@ticketing/shared/money';\nexport const price = (n: number) => n + currency;\n",
  );
});

const write = async (file: string, content: object | string) => {
  await mkdir(path.dirname(path.join(project, file)), { recursive: true });
  await writeFile(path.join(project, file), typeof content === 'string' ? content : JSON.stringify(content));
};
const there = (file: string) => existsSync(path.join(project, file));

const build = () =>
  new Promise<{ code: number | null; printed: string }>((resolve, reject) => {
    const child = spawn(process.execPath, ['infra/local/build.mjs'], {
      cwd: project,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        printed += chunk;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, printed }));
  });

/** The packages that a build has compiled, in order. */
const built = async () => {
  const { code, printed } = await build();
  expect({ code, printed }).toMatchObject({ code: 0 });
  return [...printed.matchAll(/^Built @ticketing\/(\w+)/gm)].map((match) => match[1]);
};

describe('npm run build', () => {
  it('compiles each package after those it needs', async () => {
    expect(await built()).toEqual(['shared', 'tickets']);
    expect(readFileSync(path.join(project, 'tickets/dist/main.js'), 'utf8')).toContain("from './price.js'");
    expect(there('shared/dist/money.d.ts')).toBe(true);
  });

  it('does nothing when nothing has changed', async () => {
    await built();
    const before = statSync(path.join(project, 'tickets/dist/main.js')).mtimeMs;
    expect(await built()).toEqual([]);
    expect(statSync(path.join(project, 'tickets/dist/main.js')).mtimeMs).toBe(before);
  });

  it('compiles what has changed, and what needs it', async () => {
    await built();
    await write('tickets/src/main.ts', 'export const first = 1;\n');
    expect(await built()).toEqual(['tickets']);
    await write('shared/src/money.ts', "export const currency = 'eur';\n");
    expect(await built()).toEqual(['shared', 'tickets']);
  });

  it('compiles again what somebody has deleted', async () => {
    await built();
    await rm(path.join(project, 'shared/dist/money.js'));
    expect(await built()).toEqual(['shared']);
    expect(there('shared/dist/money.js')).toBe(true);
  });

  it('leaves nothing of sources that are gone', async () => {
    await built();
    await rm(path.join(project, 'tickets/src/price.ts'));
    await write('tickets/src/main.ts', 'export const first = 1;\n');
    expect(await built()).toEqual(['tickets']);
    expect(there('tickets/dist/price.js')).toBe(false);
    expect(there('tickets/dist/main.js')).toBe(true);
  });

  it('fails with what the compiler says, and tries again the next time', async () => {
    await write('tickets/src/main.ts', "export const first: number = 'one';\n");
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const { code, printed } = await build();
      expect(code).toBe(1);
      expect(printed).toContain('@ticketing/tickets does not compile');
      expect(printed).toContain("src/main.ts(1,14): error TS2322: Type 'string' is not assignable");
    }
  });

  it('may be run twice at once: one builds, the other finds it done', async () => {
    const [one, other] = await Promise.all([built(), built()]);
    expect([...one, ...other].sort()).toEqual(['shared', 'tickets']);
  });

  describe('of the shop, which Next bundles', () => {
    beforeEach(async () => {
      await write('package.json', { type: 'module', workspaces: ['tickets', 'shared', 'docs', 'shop'] });
      await write('shop/package.json', { name: '@ticketing/shop', type: 'module' });
      await write('shop/next.config.ts', 'export default {};\n');
      await write('shop/src/page.tsx', 'export const Page = () => <p>Tickets</p>;\n');
      await write('shop/public/robots.txt', 'User-agent: *\n');
      // In place of Next, which takes half a minute: it leaves what Next leaves, and says how it was called.
      await write(
        'node_modules/next/dist/bin/next',
        `
        const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
        const page = readFileSync('src/page.tsx', 'utf8');
        if (page.includes('wrong')) {
          console.log('Build error: page.tsx is wrong');
          process.exit(1);
        }
        for (const folder of ['.next/standalone/shop', '.next/static']) mkdirSync(folder, { recursive: true });
        const { NODE_ENV, NEXT_TELEMETRY_DISABLED } = process.env;
        writeFileSync('.next/standalone/shop/server.js', JSON.stringify([process.argv.slice(2), NODE_ENV, NEXT_TELEMETRY_DISABLED]));
        writeFileSync('.next/static/page.js', page);
        `,
      );
    });

    it('gives a server that has all it serves beside it', async () => {
      expect(await built()).toEqual(['shared', 'tickets', 'shop']);
      const standalone = path.join(project, 'shop/.next/standalone/shop');
      expect(JSON.parse(readFileSync(path.join(standalone, 'server.js'), 'utf8'))).toEqual([
        ['build'],
        'production',
        '1',
      ]);
      expect(existsSync(path.join(standalone, 'public/robots.txt'))).toBe(true);
      expect(existsSync(path.join(standalone, '.next/static/page.js'))).toBe(true);
    });

    it('happens again when what it is made of has changed, and only then', async () => {
      await built();
      expect(await built()).toEqual([]);
      await write('shop/src/page.tsx', 'export const Page = () => <p>My orders</p>;\n');
      expect(await built()).toEqual(['shop']);
      await write('shop/public/robots.txt', 'User-agent: nobody\n');
      expect(await built()).toEqual(['shop']);
      await write('shop/next.config.ts', 'export default { poweredByHeader: false };\n');
      expect(await built()).toEqual(['shop']);
      await rm(path.join(project, 'shop/.next/standalone/shop/.next/static/page.js'));
      expect(await built()).toEqual(['shop']);
      await write('shop/src/page.test.tsx', 'no part of it\n');
      expect(await built()).toEqual([]);
    });

    it('fails with what Next says', async () => {
      await write('shop/src/page.tsx', 'wrong\n');
      const { code, printed } = await build();
      expect(code).toBe(1);
      expect(printed).toContain('@ticketing/shop does not compile:\nBuild error: page.tsx is wrong');
    });
  });
});
