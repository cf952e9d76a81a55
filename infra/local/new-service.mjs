/**
 * `npm run new:service NAME [--no-broker] [-- --answers "what people think of a show" --paths /api/reviews]`: a service of its own, green
 * everywhere from the first moment: its sources in the shape of all services (infra/local/new-service), its line in
 * services.json, and what is written by hand of that list (infra/k8s/test/services.test.ts). It keeps notes, until they are
 * replaced by what the service is for. Writes everything or, where something is wrong, nothing.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { withPackages } from './lock-file.mjs';
import { run } from './run.mjs';
import { services } from './services.mjs';
import { root, setUp } from './setup.mjs';

const templates = path.join(root, 'infra/local/new-service');

/** Names of ours in a cluster that are no folders here, names that its own code has, and words of the language. */
const TAKEN = new Set(
  `mongo nats redis settings stripe ticketing
  ask config cookie describe expect notes reactions routes service sessions use
  arguments await break case catch class const continue debugger default delete else enum eval export extends false finally
  for function implements import instanceof interface let new null package private protected public return static super
  switch this throw true try typeof undefined var void while with yield`.split(/\s+/),
);

const usage = `Usage: npm run new:service NAME [--no-broker] [-- --answers "what people think of a show" --paths /api/a,/api/b]

  NAME          lower-case letters, 3 to 20: the folder, the database, the image
  --no-broker   it neither publishes nor handles events
  --answers     the question that it answers, in one sentence without "and" (docs/architecture.md, "Rules")
  --paths       the public paths that lead to it, with commas between them, as /api/reviews; /api/NAME without it`;

class Refused extends Error {}

/** @param {string} file relative to the root */
const read = (file) => readFileSync(path.join(root, file), 'utf8');

/**
 * `text` with `added` before the first place where `mark` stands.
 *
 * @param {string} file where the text is from, for the error
 * @param {string} text
 * @param {string} mark
 * @param {string} added
 */
const before = (file, text, mark, added) => {
  const at = text.indexOf(mark);
  if (at === -1) throw new Refused(`${file} has changed: it has no ${JSON.stringify(mark)} any more.`);
  return `${text.slice(0, at)}${added}${text.slice(at)}`;
};

/**
 * `text` with a row more at the end of the first table under a heading.
 *
 * @param {string} file
 * @param {string} text
 * @param {string} heading
 * @param {string} row
 */
const withRow = (file, text, heading, row) => {
  const [first = '', rest] = text.split(`\n## ${heading}\n`);
  const table = rest?.match(/^(\|.*\|\n)+/m)?.[0];
  if (rest === undefined || table === undefined) {
    throw new Refused(`${file} has changed: it has no table under “${heading}” any more.`);
  }
  return `${first}\n## ${heading}\n${rest.replace(table, () => `${table}${row}\n`)}`;
};

/**
 * The files of a template, by their place in the service's folder.
 *
 * @param {'service' | 'broker' | 'no-broker'} template
 * @param {(text: string) => string} fill
 * @returns {Record<string, string>}
 */
const filesOf = (template, fill) => {
  const folder = path.join(templates, template);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const place = path.relative(folder, file).replace(/\.txt$/, '');
      return [place, fill(readFileSync(file, 'utf8'))];
    }),
  );
};

/**
 * Every file that is new or changes, by its place, with its text. Nothing is written.
 *
 * @param {{ name: string, broker: boolean, answers: string, paths: string[] }} service
 * @returns {Record<string, string>}
 * @throws {Refused} where a file is not as it is expected
 */
const filesFor = ({ name, broker, answers, paths }) => {
  const like = JSON.parse(read('tickets/package.json'));
  const more = paths.slice(1);
  /** @type {Record<string, string>} */
  const words = {
    name,
    path: paths[0] ?? '',
    // A path leads nowhere that has no route: the list is there, too.
    more: more.map((each) => `  get('${each}', [signedIn], use.listNotes),\n`).join(''),
    Name: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    common: like.dependencies['@ticketing/common'],
    mongoose: like.dependencies.mongoose,
  };
  const fill = (/** @type {string} */ text) =>
    text.replaceAll(/\{\{(\w+)\}\}/g, (_all, word) => words[word] ?? '');
  const sources = { ...filesOf('service', fill), ...filesOf(broker ? 'broker' : 'no-broker', fill) };
  /** @type {Record<string, string>} */
  const files = Object.fromEntries(
    Object.entries(sources).map(([place, text]) => [`${name}/${place}`, text]),
  );
  /** @param {string} file @param {(text: string) => string} change */
  const edit = (file, change) => {
    files[file] = change(files[file] ?? read(file));
  };
  /** @param {string} file @param {string} mark @param {string} added */
  const addBefore = (file, mark, added) => edit(file, (text) => before(file, text, mark, added));

  const quoted = paths.map((each) => `"${each}"`).join(', ');
  const listed = `{ "name": "${name}", "store": "mongo", "broker": ${broker}, "paths": [${quoted}] }`;
  edit('services.json', (text) => text.replace(/\n\]\n$/, `,\n  ${listed}\n]\n`));
  addBefore('package.json', '    "client",\n', `    "${name}",\n`);
  edit('package-lock.json', (text) =>
    lockedWith(text, name, JSON.parse(files[`${name}/package.json`] ?? '')),
  );

  // In a cluster: as tickets, which has all that a service can have.
  const manifest = (/** @type {string} */ of) =>
    read(`infra/k8s/base/${of}/kustomization.yaml`).replaceAll('tickets', name);
  files[`infra/k8s/base/${name}/kustomization.yaml`] = broker
    ? manifest('tickets')
    : manifest('tickets').replace('      ticketing.dev/broker: "yes"\n', '');
  files[`infra/k8s/base/${name}-mongo/kustomization.yaml`] = manifest('tickets-mongo');
  addBefore('infra/k8s/base/kustomization.yaml', '  - client\n', `  - ${name}\n`);
  addBefore('infra/k8s/base/kustomization.yaml', '  - nats\n', `  - ${name}-mongo\n`);
  for (const each of paths) {
    addBefore(
      'infra/k8s/base/ingress.yaml',
      '          - path: /\n',
      `          - path: ${each}
            pathType: Prefix
            backend:
              service:
                name: ${name}
                port:
                  name: http
`,
    );
  }
  const matches = paths.map(
    (each) => `        - path:
            type: PathPrefix
            value: ${each}
`,
  );
  addBefore(
    'infra/k8s/components/gateway-api/gateway.yaml',
    '    - matches:\n        - path:\n            type: PathPrefix\n            value: /\n',
    `    - matches:
${matches.join('')}      backendRefs:
        - name: ${name}
          port: 3000
`,
  );
  edit(
    'infra/k8s/base/client/client.env',
    (text) => `${text}${name.toUpperCase()}_URL=http://${name}:3000\n`,
  );
  const artifact = read('skaffold.yaml').match(/ {4}- image: ticketing\/tickets\n(?: {6}.*\n)+/)?.[0];
  if (artifact === undefined)
    throw new Refused('skaffold.yaml has changed: it has no artifact of tickets any more.');
  addBefore('skaffold.yaml', '    - image: ticketing/client\n', artifact.replaceAll('tickets', name));

  // For people.
  addBefore(
    'docs/architecture.md',
    '| `client` |',
    `| \`${name}\` | ${answers} | Mongo | nothing | nothing |\n`,
  );
  const routes = [
    `| \`POST ${paths[0]}\` | \`{text}\` | 201, the note |`,
    `| \`GET ${paths[0]}\` | | 200, one's own notes, the newest first, 20 at most |`,
    `| \`GET ${paths[0]}/:id\` | | 200, the note. 404 |`,
    ...more.map((each) => `| \`GET ${each}\` | | the same list |`),
  ];
  for (const row of routes) edit('docs/http.md', (text) => withRow('docs/http.md', text, 'Routes', row));
  edit('docs/operations.md', (text) =>
    withRow('docs/operations.md', text, 'Limits', `| write ${name} | user | 30 a minute |`),
  );
  addBefore('README.md', '/   one service each', `/ ${name}`);
  addBefore('README.md', '    expiration[', `    ${name}[${name}] --- ${name}Store[(Mongo)]\n`);
  addBefore('README.md', '\n  client --> ', ` & ${name}`);
  addBefore('README.md', '\n  subgraph services', ` & ${name}`);
  if (broker) addBefore('README.md', ' <--> bus', ` & ${name}`);
  return files;
};

/**
 * The lock file with a workspace more. It needs no package that is not there: those of a new service are those of tickets.
 *
 * @param {string} text
 * @param {string} name
 * @param {{ name: string, version: string, dependencies: object, engines: object }} manifest
 */
const lockedWith = (text, name, { name: packageName, version, dependencies, engines }) => {
  const lock = JSON.parse(text);
  const workspaces = lock.packages[''].workspaces;
  lock.packages[''].workspaces = workspaces.toSpliced(workspaces.indexOf('client'), 0, name);
  return withPackages(lock, {
    [name]: { name: packageName, version, dependencies, engines },
    [`node_modules/${packageName}`]: { resolved: name, link: true },
  });
};

/**
 * @param {string} given with commas between them
 * @throws {Refused} where one is none, stands twice, or leads to a service already
 */
const readPaths = (given) => {
  const paths = given.split(',');
  const taken = new Set(services.flatMap((service) => service.paths));
  for (const [index, each] of paths.entries()) {
    if (!/^\/api\/[a-z]+(-[a-z]+)*$/.test(each))
      throw new Refused(`--paths ${each}: must be like /api/reviews`);
    if (taken.has(each) || paths.indexOf(each) !== index) {
      throw new Refused(`--paths ${each}: is taken: choose another path.`);
    }
  }
  return paths;
};

/** @returns {{ name: string, broker: boolean, answers: string, paths: string[] }} */
const readArguments = () => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      'no-broker': { type: 'boolean', default: false },
      answers: { type: 'string' },
      paths: { type: 'string' },
    },
  });
  const [name = '', ...more] = positionals;
  if (!/^[a-z]{3,20}$/.test(name) || more.length > 0) throw new Refused(usage);
  if (TAKEN.has(name) || existsSync(path.join(root, name))) {
    throw new Refused(`${name} is taken: choose another name.`);
  }
  const answers = values.answers?.trim() ?? 'to be said in one sentence';
  if (answers === '' || /[|\n]/.test(answers)) throw new Refused('--answers takes one line, without “|”.');
  const paths = readPaths(values.paths ?? `/api/${name}`);
  // npm keeps a --no-broker that stands before its `--` for itself, and tells us so.
  return { name, broker: !values['no-broker'] && process.env.npm_config_broker !== '', answers, paths };
};

const make = async () => {
  const service = readArguments();
  const { name, broker, paths } = service;
  const files = filesFor(service);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  await setUp();
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
  const { code, output } = await run(process.execPath, [biome, 'check', '--write', name], {
    cwd: root,
    capture: true,
  });
  if (code !== 0) throw new Error(output);
  process.stdout.write(`Made ${name}/, and changed:
${Object.keys(files)
  .filter((file) => !file.startsWith(`${name}/`))
  .map((file) => `  ${file}`)
  .join('\n')}

It keeps notes, so that everything about it can be seen at work:
  npm start                    runs it with the others; ${paths.join(' and ')} ${paths.length > 1 ? 'lead' : 'leads'} to it
  npm test -w ${name}
  npm run check && npm run check:manifests && npm test -w infra/k8s

Then it is yours:
  note.ts, its store, its use cases, routes.ts and their tests become what it is for${
    broker
      ? '\n  reactions.ts names the events that it handles; to publish, it gets a contract.ts and an aggregateStore, as tickets'
      : ''
  }
  docs/architecture.md says in one sentence which question it answers, docs/http.md what its routes take and answer,
  docs/operations.md what its limits are
`);
};

try {
  await make();
} catch (error) {
  const known = error instanceof Refused || (error instanceof TypeError && 'code' in error);
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : error}\n`);
  process.exitCode = known ? 2 : 1;
}
