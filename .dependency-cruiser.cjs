/**
 * Who may import whom. Dependencies point one way, so that a change inside a service reaches nobody else:
 * main → app → routes and reactions → use cases → domain and store; services know `common` and never each other.
 *
 * Imports of types count like all others: the swc reader, the only one that works beside TypeScript 7, cannot tell
 * them apart. Who reads process.env is Biome's (noProcessEnv).
 */

const SERVICE = `^(${require('./services.json')
  .map(({ name }) => name)
  .join('|')})/`;
const ANY_SERVICE = `${SERVICE}|^client/`;
const DOMAIN = `${SERVICE}src/[^/]+[.]ts$`;
/** Files at the top of a service that are not its domain. */
const WIRING = `${SERVICE}src/(main|operate|repair|restored|app|config|contract|routes|reactions)[.]ts$`;
const UNIT_TEST = '[.]test[.]tsx?$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other cannot be read, or changed, one at a time. Types count, too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'The file or package does not exist, or package.json does not list it.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-packages-only',
      comment:
        'It is installed only because another package needs it; add it to the package.json that uses it.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-packages-at-run-time',
      comment: 'Production images leave devDependencies out.',
      severity: 'error',
      from: {
        path: `${SERVICE}src/|^(common|reconcile)/src/`,
        pathNot: [UNIT_TEST, '^common/src/testing/'],
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'services-know-only-common',
      comment: 'What services tell each other goes over the bus; what two need goes to common.',
      severity: 'error',
      from: { path: SERVICE },
      to: { path: ANY_SERVICE, pathNot: '^$1/' },
    },
    {
      name: 'common-knows-no-service',
      comment: 'common is published on its own.',
      severity: 'error',
      from: { path: '^common/' },
      to: { path: `${ANY_SERVICE}|^reconcile/` },
    },
    {
      name: 'reconcile-knows-only-common',
      comment: 'It makes again what services publish: by their own code, a mistake would be on both sides.',
      severity: 'error',
      from: { path: '^reconcile/' },
      to: { path: ANY_SERVICE },
    },
    {
      name: 'reconcile-is-for-tests-and-operators',
      comment: 'A service that compares itself with others would know their stores.',
      severity: 'error',
      from: { pathNot: '^(reconcile|tests|infra/local|infra/k8s/test)/' },
      to: { path: '^reconcile/' },
    },
    {
      name: 'published-source-stands-alone',
      comment: 'What runs in production does not need what runs a developer’s machine, or the tests.',
      severity: 'error',
      from: { path: `${SERVICE}src/|^(common|reconcile)/src/`, pathNot: UNIT_TEST },
      to: { path: '^(infra|tests|bench)/|/test/' },
    },
    {
      name: 'test-kit-only-in-tests',
      comment: 'The test kit makes sessions for anybody; production code must not reach it.',
      severity: 'error',
      from: {
        path: `${SERVICE}src/|^(common|reconcile)/src/|^client/|^infra/`,
        pathNot: [UNIT_TEST, '^common/src/testing/'],
      },
      to: { path: '^common/src/testing/' },
    },
    {
      name: 'client-knows-only-http',
      comment: 'The browser gets nothing of the servers: of common only what is pure and knows no framework.',
      severity: 'error',
      from: { path: '^client/src/' },
      to: { path: `${SERVICE}|^infra/|^common/(?!src/(money|errors)/)` },
    },
    {
      name: 'only-main-starts-things',
      comment: 'main.ts connects, wires and listens when it is loaded; nothing can import it.',
      severity: 'error',
      from: {},
      to: { path: `${SERVICE}src/main[.]ts$|^reconcile/src/main[.]ts$` },
    },
    {
      name: 'main-imports-app',
      comment: 'app.ts makes the Express app for main.ts and for tests.',
      severity: 'error',
      from: { path: `${SERVICE}src/`, pathNot: [`${SERVICE}src/main[.]ts$`, UNIT_TEST] },
      to: { path: `${SERVICE}src/app[.]ts$` },
    },
    {
      name: 'tables-are-for-wiring',
      comment: 'Routes and reactions name use cases; a use case knows neither.',
      severity: 'error',
      from: { path: `${SERVICE}src/`, pathNot: [`${SERVICE}src/(main|app)[.]ts$`, UNIT_TEST] },
      to: { path: `${SERVICE}src/(routes|reactions)[.]ts$` },
    },
    {
      name: 'use-cases-do-not-speak-http',
      comment: 'A use case throws refusals with names; they become answers in one place.',
      severity: 'error',
      from: { path: `${SERVICE}src/(use-cases|store)/` },
      to: { path: 'node_modules/(express|express-validator)/' },
    },
    {
      name: 'store-serves-use-cases',
      comment: 'The store does as use cases tell it, and knows none.',
      severity: 'error',
      from: { path: `${SERVICE}src/store/` },
      to: { path: `${SERVICE}src/use-cases/` },
    },
    {
      name: 'domain-is-pure',
      comment: 'Decisions have no I/O: only then are their tests sentences.',
      severity: 'error',
      from: { path: DOMAIN, pathNot: [WIRING, UNIT_TEST] },
      to: {
        path: `${SERVICE}src/(use-cases|store)/|node_modules/(express|express-validator|mongoose|ioredis|bull|stripe)/`,
      },
    },
  ],
  options: {
    parser: 'swc',
    // Tools that all packages use stand in the root's package.json only.
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    // The swc reader cannot read TSX: what the client may import, Biome checks as well (noRestrictedImports).
    exclude: { path: '(^|/)(dist|coverage|[.]next|[.]data)/|[.]tsx$' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['ticketing-source', 'types', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
      mainFields: ['module', 'main', 'types'],
    },
    skipAnalysisNotInRules: true,
  },
};
