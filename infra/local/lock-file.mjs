/**
 * Checks that `npm ci` takes package-lock.json, here and on every other platform. It names the builds of native packages
 * for all of them; `--complete` adds those that are missing. A registry that does not carry the builds for other platforms
 * makes npm leave them out of the file without a word, and then `npm ci` refuses the file everywhere
 * (https://github.com/npm/cli/issues/4828 is the same for other causes).
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './run.mjs';
import { isMain, npmCommand, root } from './setup.mjs';

/**
 * @typedef {{ version?: string, optionalDependencies?: Record<string, string>, optional?: boolean, dev?: boolean,
 *   license?: string, engines?: Record<string, string>, os?: string[], cpu?: string[], libc?: string[] }} Locked
 * @typedef {{ packages: Record<string, Locked> }} LockFile
 */

const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

/**
 * Where node would look for `name` from the package at `place`: nested first, then outwards.
 *
 * @param {string} place
 * @param {string} name
 */
const placesOf = (place, name) => {
  const places = [`${place}/node_modules/${name}`];
  for (
    let end = place.lastIndexOf('node_modules/');
    end > 0;
    end = place.lastIndexOf('node_modules/', end - 1)
  ) {
    places.push(`${place.slice(0, end)}node_modules/${name}`);
  }
  return [...places, `node_modules/${name}`];
};

/**
 * What npm would note of a build for one platform. The name says which; without a sum npm takes the file as it
 * comes, as it does for a package it adds.
 *
 * @param {string} name
 * @param {string} version
 * @param {Locked} parent
 * @returns {Locked | undefined} undefined when the name does not say which platform it is for
 */
const platformBuild = (name, version, parent) => {
  const words = name.slice(name.lastIndexOf('/') + 1).split('-');
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : undefined;
  if (cpu.length === 0 || !/^\d+\.\d+\.\d+/.test(version)) return undefined;
  return {
    version,
    cpu,
    ...(parent.dev ? { dev: true } : {}),
    ...(libc ? { libc } : {}),
    ...(parent.license ? { license: parent.license } : {}),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
    ...(parent.engines ? { engines: parent.engines } : {}),
  };
};

/**
 * The builds for other platforms that a lock file should name and does not, by the place where they belong.
 *
 * @param {LockFile} lockFile
 * @returns {Record<string, Locked>}
 */
export const missingBuilds = ({ packages }) => {
  /** @type {Record<string, Locked>} */
  const missing = {};
  for (const [place, locked] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
      if (placesOf(place, name).some((each) => each in packages)) continue;
      const build = platformBuild(name, version, locked);
      if (build) missing[`node_modules/${name}`] = build;
    }
  }
  return missing;
};

/**
 * The text of a lock file with these packages as well, in the order that npm keeps.
 *
 * @param {LockFile} lockFile
 * @param {Record<string, object>} more
 */
export const withPackages = (lockFile, more) => {
  const all = Object.entries({ ...lockFile.packages, ...more });
  const packages = Object.fromEntries(all.sort(([one], [other]) => one.localeCompare(other, 'en')));
  return `${JSON.stringify({ ...lockFile, packages }, null, 2)}\n`;
};

/** @param {boolean} repair */
const check = (repair) => {
  const file = path.join(root, 'package-lock.json');
  /** @type {LockFile} */
  const lockFile = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingBuilds(lockFile);
  const names = Object.keys(missing).map((place) => place.replace('node_modules/', ''));
  if (names.length === 0) return true;
  if (!repair) {
    process.stdout.write(`package-lock.json leaves out:\n${names.map((name) => `  ${name}`).join('\n')}\n`);
    process.stdout.write('node infra/local/lock-file.mjs --complete adds them.\n');
    return false;
  }
  writeFileSync(`${file}.new`, withPackages(lockFile, missing));
  renameSync(`${file}.new`, file);
  process.stdout.write(`package-lock.json: added ${names.length} builds for other platforms.\n`);
  return true;
};

/** Whether `npm ci` would take it: npm itself is asked, and installs nothing. */
const answersEveryPackage = async () => {
  const { command, args, options } = npmCommand([
    ...['ci', '--dry-run', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'],
    '--loglevel=error',
  ]);
  const { code, output } = await run(command, args, { ...options, capture: true });
  if (code === 0) return true;
  // After what is wrong npm prints all of its help.
  const [reason = ''] = output.split(/^npm error (Clean install a project|A complete log)/m);
  process.stdout.write(`npm ci would fail:\n${reason.trimEnd()}\n`);
  return false;
};

if (isMain(import.meta.url)) {
  const repair = process.argv.includes('--complete');
  if (!check(repair) || !(repair || (await answersEveryPackage()))) process.exitCode = 1;
}
