import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The Chromium that `CHROMIUM_PATH` names, or the first one on the PATH. @throws when there is none */
export const findChromium = (env: NodeJS.ProcessEnv = process.env): string => {
  const given = env.CHROMIUM_PATH;
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const found = given
    ? [given]
    : folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))).filter(existsSync);
  const [first] = found;
  if (first !== undefined && existsSync(first)) return first;
  throw new Error(
    given
      ? `There is no Chromium at CHROMIUM_PATH=${given}.`
      : 'No Chromium on the PATH, and the tests in a browser need one: install it (apt-get install chromium), or name it in CHROMIUM_PATH.',
  );
};

/** As root, which CI often is, Chromium starts without its sandbox only; the pages it sees here are our own. */
export const launchChromium = (options: { readonly debugPort?: number } = {}): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    args: [
      '--disable-background-networking',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...(options.debugPort === undefined ? [] : [`--remote-debugging-port=${options.debugPort}`]),
    ],
  });
