/** What operators decide of a post, a comment or a profile. Harmless twice. */
import { found } from '@ticketing/common/errors';
import type { Thing } from '../report.ts';
import { newMark } from '../store/counts.ts';
import type { AuditLine } from '../store/reports.ts';
import type { Deps } from './deps.ts';
import { spreadHidden } from './spread-hidden.ts';

/** Longer than a request lives that began before. */
const SPREADS_MS = 60_000;

export interface Decision extends Thing {
  readonly operator: string;
  readonly why: string;
}

/** Hides a thing from everybody, or shows it again. @throws {NotFound} for what is deleted or never was */
const setHidden = async (deps: Deps, { kind, id }: Thing, isHidden: boolean): Promise<void> => {
  const { posts, comments, profiles, counts, clock } = deps;
  switch (kind) {
    case 'post': {
      for await (const _ids of posts.hide({ _id: id }, 'itself', isHidden));
      return;
    }
    case 'comment': {
      const mark = newMark();
      for await (const ids of comments.hide({ _id: id }, 'itself', isHidden, mark))
        await counts.commentsOfPosts.afterChanges(await comments.parentsOf(ids), mark);
      return;
    }
    case 'profile': {
      await profiles.setHidden(id, isHidden, new Date(clock.now().getTime() + SPREADS_MS));
      await spreadHidden(deps)(id, isHidden);
    }
  }
};

const find = async ({ posts, comments, profiles }: Deps, { kind, id }: Thing) => {
  if (kind === 'profile') return found(await profiles.find(id), 'Profile');
  return kind === 'post'
    ? found(await posts.findAny(id), 'Post')
    : found(await comments.findAny(id), 'Comment');
};

/** The line is written first: nothing is hidden without one. */
const note = (
  deps: Deps,
  { kind, id, operator, why }: Decision,
  action: AuditLine['action'],
): Promise<void> => deps.reports.note({ kind, id, action, operator, why, at: deps.clock.now() });

/** Hides it from everybody, and closes its reports. A profile goes with all that its person wrote. @throws {NotFound} */
export const hideThing =
  (deps: Deps) =>
  async (decision: Decision): Promise<void> => {
    await find(deps, decision);
    await note(deps, decision, 'hide');
    await setHidden(deps, decision, true);
    await deps.reports.close(decision);
  };

/** Shows it again. @throws {NotFound} */
export const restoreThing =
  (deps: Deps) =>
  async (decision: Decision): Promise<void> => {
    await find(deps, decision);
    await note(deps, decision, 'restore');
    await setHidden(deps, decision, false);
  };

/** Closes its reports: it stays as it is. @returns how many there were */
export const dismissReports =
  (deps: Deps) =>
  async (decision: Decision): Promise<number> => {
    await note(deps, decision, 'dismiss');
    return deps.reports.close(decision);
  };

/** All there is to know of it: as it stands now, its reports, and what operators decided. */
export const showThing = (deps: Deps) => async (thing: Thing) => ({
  thing: await find(deps, thing).catch(() => undefined),
  reports: await deps.reports.of(thing),
  decisions: await deps.reports.notesOn(thing),
});
