import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { affected } from '../affected.mjs';
import { images } from '../images.mjs';
import { root } from '../setup.mjs';

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const { workspaces }: { workspaces: string[] } = JSON.parse(read('package.json'));

describe('a change is tested by whom it concerns:', () => {
  it('one of a service, by that service, by the ingress that leads to it, and by the whole system', () => {
    expect(affected(['tickets/src/ticket.ts'])).toEqual(['tickets', 'infra/k8s', 'tests']);
  });

  it('one of the shop’s pages, by them and by the whole system', () => {
    expect(affected(['client/src/app/page.tsx'])).toEqual(['client', 'tests']);
  });

  it('one of common, by everybody who uses it', () => {
    expect(affected(['common/src/outbox/relay.ts'])).toEqual(
      workspaces.filter((workspace) => workspace !== 'infra/local'),
    );
  });

  it('one of what only tests use, by those whose tests do', () => {
    expect(affected(['infra/local/stripe/src/app.ts'])).toEqual([
      'payments',
      'reconcile',
      'infra/local/stripe',
      'infra/k8s',
      'tests',
    ]);
  });

  it('one of the ingress, by who checks it and by who runs its routes, and not by who runs those', () => {
    expect(affected(['infra/k8s/base/ingress.yaml'])).toEqual(['infra/local', 'infra/k8s', 'tests']);
    expect(affected(['infra/k8s/overlays/production/kustomization.yaml'])).toEqual(['infra/k8s']);
  });

  it('one of what everything stands on, by all', () => {
    expect(affected(['package-lock.json'])).toEqual(workspaces);
    expect(affected(['infra/jest/preset.mjs'])).toEqual(workspaces);
  });

  it('one of a picture or a text for people, by nobody', () => {
    const forPeople = ['docs/deploy.md', 'tickets/README.md', 'img/tickets.png'];
    expect(affected(forPeople)).toEqual([]);
  });

  it('one of what is written by hand of services.json, by who compares it', () => {
    expect(affected(['skaffold.yaml', 'README.md', 'docs/architecture.md'])).toEqual(['infra/k8s']);
  });

  it('one of the text that is published with common, by common, which runs its examples', () => {
    expect(affected(['common/README.md'])).toEqual(['common']);
  });

  it('one of a file that another workspace imports or reads by its path, by that one too', () => {
    const uses = workspaces.flatMap(sourcesIn).flatMap(usedByPath);
    const workspaceOf = (file: string) =>
      workspaces.filter((each) => file.startsWith(`${each}/`)).sort((a, b) => b.length - a.length)[0];
    const across = uses
      .map(({ by, file }) => ({ by: workspaceOf(by), of: workspaceOf(file), file }))
      .filter(({ by, of }) => of !== undefined && by !== of);
    expect(across.length).toBeGreaterThan(10);
    expect(across.filter(({ by, file }) => !affected([file]).includes(by ?? ''))).toEqual([]);
  });
});

const sourcesIn = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !/^(node_modules|dist|\.next|\.data)$/.test(name))
    .flatMap((entry) => {
      const place = `${folder}/${entry.name}`;
      return entry.isDirectory() ? sourcesIn(place) : /\.(ts|tsx|mjs)$/.test(place) ? [place] : [];
    });

/** What a source imports, or reads, that it names by a path from where it is. */
const usedByPath = (by: string): { by: string; file: string }[] =>
  [...read(by).matchAll(/(?:\b(?:from|import) |\b(?:import|tsImport|URL)\()'(\.[^']+)'/g)]
    .map(([, named = '']) => path.join(path.dirname(by), named))
    .filter((file) => existsSync(path.join(root, file)))
    .map((file) => ({ by, file }));

/** A pattern of a workflow's `paths`: `*` stops at a slash, `**` does not. */
const pathPattern = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+]/g, '\\$&')
      .split('**')
      .map((part) => part.replaceAll('*', '[^/]*'))
      .join('.*')}$`,
  );

/** The last pattern that fits says whether a changed file starts the workflow. */
const starts = (paths: readonly string[], file: string): boolean =>
  paths.reduce((so, one) => {
    const isNot = one.startsWith('!');
    return pathPattern(isNot ? one.slice(1) : one).test(file) ? !isNot : so;
  }, false);

describe('images', () => {
  it('are built for a change of anything that goes into them, and of nothing else', () => {
    const { paths }: { paths: string[] } = parse(read('.github/workflows/images.yml')).on.pull_request;
    const copied = images.flatMap(({ file, service = '', also = 'common' }) =>
      [...read(`infra/docker/${file}.Dockerfile`).matchAll(/^COPY (?!--from)(?:--\S+ )*(.+) \S+$/gm)].flatMap(
        ([, sources = '']) =>
          sources
            .replaceAll('$' + '{SERVICE}', service)
            .replaceAll('$' + '{ALSO}', also)
            .split(' '),
      ),
    );
    expect(copied).toEqual(expect.arrayContaining(['package.json', 'orders', 'infra/local', 'client']));
    /** As .dockerignore has it, and what jest alone reads. */
    const isLeftOut = (file: string) =>
      /(^|\/)test\/|\.test\.tsx?$|\.md$|(^|\/)jest\.config\.mjs$/.test(file);
    const goesIn = (file: string) =>
      !isLeftOut(file) && copied.some((source) => source === file || file.startsWith(`${source}/`));
    const makesThem = (file: string) =>
      /^infra\/docker\//.test(file) ||
      ['.dockerignore', '.github/workflows/images.yml', 'services.json'].includes(file);
    const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    const wrong = files.filter((file) => starts(paths, file) !== (goesIn(file) || makesThem(file)));
    expect(wrong).toEqual([]);
  });
});
