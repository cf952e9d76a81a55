import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { countResults } from '../test.mjs';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder('results');
const file = path.join(folder, 'results.json');

describe('the last line of npm test', () => {
  it('counts tests', () => {
    writeFileSync(
      file,
      JSON.stringify({ numPassedTests: 7, numFailedTests: 2, numRuntimeErrorTestSuites: 0 }),
    );
    expect(countResults(file)).toEqual({ passed: 7, failed: 2 });
  });

  it('counts a file that could not run as a failure', () => {
    writeFileSync(
      file,
      JSON.stringify({ numPassedTests: 7, numFailedTests: 0, numRuntimeErrorTestSuites: 1 }),
    );
    expect(countResults(file)).toEqual({ passed: 7, failed: 1 });
  });

  it('knows nothing of a run that ended without results', () => {
    expect(countResults(path.join(folder, 'nothing.json'))).toBeUndefined();
    writeFileSync(file, '{"numPassed');
    expect(countResults(file)).toBeUndefined();
  });
});
