/** The operators' command, compiled, as it runs beside the service. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabaseUrl } from '@ticketing/common/testing';
import { openTown, type Town } from './town.ts';

let town: Town;
const MONGO_URL = testDatabaseUrl();
beforeAll(async () => {
  town = await openTown({ config: { MONGO_URL } });
});
afterAll(() => town.end());

const operate = async (...args: string[]): Promise<{ code: number; output: string }> => {
  const main = fileURLToPath(new URL('../dist/operate.js', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], {
      env: { PATH: process.env.PATH, MONGO_URL },
    });
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, output: stderr };
  }
};

describe('an operator', () => {
  it('sees what was reported, hides it, and shows it again, each with a reason that is kept', async () => {
    const [ada, bob, eve] = [await town.neighbour(), await town.neighbour(), await town.neighbour()];
    const post = await ada.writes('Reported\nin two lines');
    for (const who of [bob, eve])
      await who.post('/api/reports', { postId: post.id, reason: who === bob ? 'abuse' : 'spam' }).expect(201);
    const listed = await operate('reports');
    expect(listed.output).toMatch(
      new RegExp(`^post ${post.id}  \\S+Z  2 \\(abuse, spam\\)  Reported in two lines$`, 'm'),
    );

    expect(await operate('hide', 'post', post.id)).toMatchObject({
      code: 2,
      output: expect.stringMatching('--why'),
    });
    await town.visitor.get(`/api/posts/${post.id}`).expect(200);
    expect(await operate('hide', 'post', post.id, '--why', 'rude', '--by', 'mira')).toEqual({
      code: 0,
      output: `post ${post.id} is hidden.\n`,
    });
    for (const who of [ada, bob, town.visitor]) await who.get(`/api/posts/${post.id}`).expect(404);
    expect((await operate('reports')).output).not.toContain(post.id);

    await operate('restore', 'post', post.id, '--why', 'a mistake', '--by', 'mira');
    await town.visitor.get(`/api/posts/${post.id}`).expect(200);
    const shown = JSON.parse((await operate('show', 'post', post.id)).output);
    expect(shown.thing).toMatchObject({ text: 'Reported\nin two lines', hidden: false });
    expect(shown.reports).toMatchObject([{ reason: 'abuse', open: false }, { reason: 'spam' }]);
    expect(shown.decisions).toMatchObject([
      { action: 'hide', operator: 'mira', why: 'rude' },
      { action: 'restore', operator: 'mira', why: 'a mistake' },
    ]);
  });

  it('can let a report be', async () => {
    const [ada, bob] = [await town.neighbour(), await town.neighbour()];
    await bob.post('/api/reports', { handle: ada.handle, reason: 'other' }).expect(201);
    const { output } = await operate('dismiss', 'profile', `@${ada.handle}`, '--why', 'harmless');
    expect(output).toBe('1 reports closed.\n');
    await town.visitor.get(`/api/profiles/${ada.handle}`).expect(200);
  });

  it.each([
    [[]],
    [['delete', 'post', '6a1f0c2d9b8e7f6a5b4c3d2e']],
    [['hide', 'ticket', '6a1f0c2d9b8e7f6a5b4c3d2e', '--why', 'x']],
    [['hide', 'post', 'me', '--why', 'x']],
    [['hide', 'post', '6a1f0c2d9b8e7f6a5b4c3d2e', '--why', 'x']],
    [['show', 'profile', 'nobody_here']],
    [['reports', '--limit', '0']],
    [['reports', '--all']],
  ])('is told what is wrong: %j', async (args) => {
    const { code, output } = await operate(...args);
    expect(code).toBe(2);
    expect(output.length).toBeGreaterThan(10);
  });
});
