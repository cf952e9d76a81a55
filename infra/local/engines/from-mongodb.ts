import { mkdir, rename, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execute } from './execute.ts';
import type { Source } from './source.ts';

const CONNECT_MS = 3_000;
const DOWNLOADER = fileURLToPath(new URL('./download-mongod.mjs', import.meta.url));

/** MongoDB's own download server, through mongodb-memory-server, which knows the right build for each system. */
export const fromMongoDb = (version: string): Source => ({
  label: `MongoDB's download server (mongod ${version})`,
  version,
  fetch: async (folder, report, env) => {
    const mirror = env.MONGOMS_DOWNLOAD_MIRROR ?? 'https://fastdl.mongodb.org';
    await assertReachable(mirror, env);
    report(`Fetching mongod ${version} from ${mirror} …`);
    const downloads = path.join(folder, 'download');
    await mkdir(downloads);
    const done = await execute(process.execPath, [DOWNLOADER, downloads, version], {
      // Without this, mongodb-memory-server does not check the server's certificate (MongoBinaryDownload.js).
      env: {
        ...env,
        npm_config_strict_ssl: 'true',
        // Into our folder, whatever the environment or the default says.
        MONGOMS_DOWNLOAD_DIR: downloads,
        MONGOMS_PREFER_GLOBAL_PATH: 'false',
        MONGOMS_SYSTEM_BINARY: '',
      },
      timeoutMs: 15 * 60_000,
    });
    if (!done.ok) throw new Error(done.reason);
    const downloaded = done.stdout.trim().split('\n').at(-1) ?? '';
    await rename(downloaded, path.join(folder, 'mongod'));
    await rm(downloads, { recursive: true });
  },
});

/**
 * Finds out within seconds that a server cannot be reached; the download itself would try for minutes. Behind
 * a proxy there is no telling from here, so the download has to find out.
 */
const assertReachable = (url: string, env: NodeJS.ProcessEnv): Promise<void> =>
  new Promise((resolve, reject) => {
    if (env.https_proxy || env.HTTPS_PROXY || env.http_proxy || env.HTTP_PROXY) return resolve();
    const request = (url.startsWith('http:') ? http : https).request(url, { method: 'HEAD' }, (response) => {
      response.resume();
      resolve();
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer in ${CONNECT_MS / 1000} s`)),
      CONNECT_MS,
    );
    request.once('close', () => clearTimeout(timer));
    request.once('error', (error) => reject(new Error(`${url} cannot be reached: ${error.message}`)));
    request.end();
  });
