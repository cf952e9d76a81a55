import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findChromium } from '../support/chromium.ts';

describe('the browser of these tests', () => {
  it('is the one that CHROMIUM_PATH names, else the first one on the PATH', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'ticketing-browsers-'));
    try {
      const [named, installed] = [path.join(folder, 'mine'), path.join(folder, 'google-chrome')];
      await Promise.all([writeFile(named, ''), writeFile(installed, '')]);
      const PATH = ['/nowhere', folder].join(path.delimiter);
      expect(findChromium({ PATH })).toBe(installed);
      expect(findChromium({ PATH, CHROMIUM_PATH: named })).toBe(named);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is missed in words that say what to do', () => {
    expect(() => findChromium({ PATH: '/nowhere' })).toThrow(/install it .*, or name it in CHROMIUM_PATH/);
    expect(() => findChromium({ PATH: '', CHROMIUM_PATH: '/nowhere/chrome' })).toThrow(
      'There is no Chromium at CHROMIUM_PATH=/nowhere/chrome.',
    );
  });
});
