/**
 * Makes a fresh clone ready: checks Node and installs what package-lock.json asks for. Needs no package, so it
 * can run before anything is installed; does nothing, in a few milliseconds, where all is in place. Every npm
 * script that needs packages runs it first.
 */
import { spawn } from 'node:child_process';
import { readFileSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** @param {string} line */
const report = (line) => process.stderr.write(`${line}\n`);

/** Ends the process with a message when this Node is too old for us. */
const requireNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  report(
    `ticketing.dev needs Node.js 20.19 or newer; this is ${process.versions.node} (${process.execPath}).`,
  );
  report(
    'Install a newer one from https://nodejs.org or with a version manager, then run the command again.',
  );
  process.exit(1);
};

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, resolved?: string, optional?: boolean,
 *   devOptional?: boolean, peer?: boolean, inBundle?: boolean }} LockedPackage
 */

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage> | undefined}
 */
const packagesIn = (file) => {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
};

/** @param {string} place such as `node_modules/express` */
const versionAt = (place) => {
  try {
    /** @type {string | undefined} */
    const version = JSON.parse(readFileSync(path.join(root, place, 'package.json'), 'utf8')).version;
    return version;
  } catch {
    return 'missing';
  }
};

/**
 * The first package that is not installed as package-lock.json says, or undefined when all are. npm notes what
 * it has installed in `node_modules/.package-lock.json`, as its last step, so an install that was interrupted
 * shows there, and one made by hand counts as well, which a stamp of our own would not know. But
 * `npm install --package-lock-only` writes that file too and installs nothing: so the packages are looked at.
 */
const firstMismatch = () => {
  const wanted = packagesIn('package-lock.json');
  if (!wanted) throw new Error('package-lock.json is missing or unreadable; restore it with git.');
  const installed = packagesIn('node_modules/.package-lock.json');
  if (!installed) return 'node_modules';
  for (const [place, locked] of Object.entries(wanted)) {
    if (!place.includes('node_modules/')) continue;
    const present = installed[place];
    if (!present) {
      if (locked.optional || locked.devOptional || locked.peer || locked.inBundle) continue;
      return place;
    }
    const version = versionAt(place);
    const isInPlace = locked.link
      ? present.resolved === locked.resolved && version !== 'missing'
      : present.integrity === locked.integrity && version === locked.version;
    if (!isInPlace) return place;
  }
  return undefined;
};

/** The parts of a package.json that a lock file answers. */
const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** @throws when a package.json asks for what package-lock.json does not know, so that nothing unlocked is installed */
const assertLockIsCurrent = () => {
  const wanted = packagesIn('package-lock.json') ?? {};
  const { workspaces = [] } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  for (const place of ['', ...workspaces]) {
    const manifest = JSON.parse(readFileSync(path.join(root, place, 'package.json'), 'utf8'));
    /** @type {Record<string, unknown>} */
    const locked = wanted[place] ?? {};
    const differs = DEPENDENCIES.some((kind) => sorted(manifest[kind]) !== sorted(locked[kind]));
    if (!differs) continue;
    throw new Error(
      `package-lock.json does not answer ${path.join(place, 'package.json')}: run npm install and commit the lock file.`,
    );
  }
};

/** @param {unknown} dependencies */
const sorted = (dependencies) => JSON.stringify(Object.entries(dependencies ?? {}).sort());

/**
 * The environment for an npm inside npm. `npm test -w common` hands its own settings down as variables, and
 * the inner npm would then install for that one workspace only.
 */
const cleanEnvironment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^npm_(package|lifecycle)_/i.test(name) &&
        !/^npm_config_(workspaces?|include_workspace_root|local_prefix|prefix|global|omit|production)$/i.test(
          name,
        ) &&
        !['INIT_CWD', 'NODE_OPTIONS', 'NODE_ENV'].includes(name),
    ),
  );

/**
 * How to run npm, the one that has started us where it has: as `spawn` wants it.
 *
 * @param {readonly string[]} args
 */
export const npmCommand = (args) => {
  const cli = process.env.npm_execpath;
  const [command, first] =
    cli && /npm-cli\.[cm]?js$/.test(cli) ? [process.execPath, [cli]] : ['npm', /** @type {string[]} */ ([])];
  return { command, args: [...first, ...args], options: { cwd: root, env: cleanEnvironment() } };
};

/**
 * Runs npm to its end; its output goes to stderr, so that stdout stays the caller's.
 *
 * @param {string[]} args
 * @returns {Promise<void>}
 */
const npm = (args) =>
  new Promise((resolve, reject) => {
    const npmRun = npmCommand(args);
    const child = spawn(npmRun.command, npmRun.args, { ...npmRun.options, stdio: ['ignore', 2, 2] });
    // Ctrl-C reaches npm as well; whoever ends only us must not leave it behind.
    const passOn = () => child.kill('SIGTERM');
    process.once('SIGTERM', passOn);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.off('SIGTERM', passOn);
      if (code === 0) resolve();
      else reject(new Error(`npm ${args.join(' ')} ended with ${signal ?? `code ${code}`}`));
    });
  });

/** Installs the packages if they are not as package-lock.json says. Two runs at once: the second one waits. */
const installPackages = async () => {
  if (!firstMismatch()) return;
  const { withLock } = await import('./lock.mjs');
  const onWait = (/** @type {string} */ owner) => report(`Waiting for ${owner} to install packages …`);
  await withLock(
    path.join(root, '.setup.lock'),
    async () => {
      const mismatch = firstMismatch();
      if (!mismatch) return;
      const since = Date.now();
      const isFresh = mismatch === 'node_modules';
      report(
        isFresh
          ? 'Installing packages; the first time takes a minute or two …'
          : `Installing packages: ${mismatch} is not as package-lock.json says …`,
      );
      assertLockIsCurrent();
      // npm would believe its note; without it, it looks at what is there.
      if (!isFresh) rmSync(path.join(root, 'node_modules/.package-lock.json'), { force: true });
      // Not `npm ci`: it would first delete everything, under the feet of whatever runs here right now; and npm 11
      // refuses a lock file that lacks an optional package for another system, which the registry it was made with
      // did not have. What `npm ci` promises is seen to here: before, and after.
      await npm(['install', '--no-save', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
      const still = firstMismatch();
      if (still) {
        throw new Error(
          `${still} is still not as package-lock.json says: run npm install and commit the lock file.`,
        );
      }
      report(`Packages installed in ${Math.round((Date.now() - since) / 1000)} s.`);
    },
    { onWait },
  );
};

/** Everything a fresh clone needs before any other script can run. */
export const setUp = async () => {
  requireNode();
  await installPackages();
};

/**
 * True when node was started with this module, by whatever path or link.
 *
 * @param {string} module its `import.meta.url`
 */
export const isMain = (module) =>
  process.argv[1] !== undefined && module === pathToFileURL(realpathSync(process.argv[1])).href;

if (isMain(import.meta.url)) {
  try {
    await setUp();
  } catch (error) {
    report(`Setup failed: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
