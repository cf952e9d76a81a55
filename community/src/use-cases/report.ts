import { InvalidFields } from '@ticketing/common/errors';
import type { SessionUser } from '@ticketing/common/session';
import { invalidTexts } from '@ticketing/common/texts';
import type { Reason, Thing } from '../report.ts';
import type { Deps } from './deps.ts';
import { findComment, findPost, findProfile } from './find.ts';
import { type Viewer, viewerOf } from './viewer.ts';

export interface ReportSomething {
  readonly user: SessionUser;
  readonly postId?: string;
  readonly commentId?: string;
  readonly handle?: string;
  readonly reason: Reason;
  readonly text?: string;
}

/** What is reported, and what stands there. @throws {NotFound} {InvalidFields} unless exactly one is named */
const findReported = async (
  deps: Deps,
  viewer: Viewer,
  { postId, commentId, handle }: ReportSomething,
): Promise<Thing & { said: string }> => {
  if ([postId, commentId, handle].filter((named) => named !== undefined).length !== 1)
    throw new InvalidFields([{ field: 'postId', message: 'Say one of postId, commentId and handle' }]);
  if (postId !== undefined) {
    const { id, text } = await findPost(deps, viewer, postId);
    return { kind: 'post', id, said: text };
  }
  if (commentId !== undefined) {
    const { comment } = await findComment(deps, viewer, commentId);
    return { kind: 'comment', id: comment.id, said: comment.text };
  }
  const profile = await findProfile(deps, viewer, handle ?? '');
  const said = [`@${profile.handle}`, profile.name, profile.city, profile.about, ...profile.links];
  return { kind: 'profile', id: profile.id, said: said.filter(Boolean).join('\n') };
};

/** Tells the operators of something; the same person and thing twice is one report. @throws {NotFound} {InvalidFields} */
export const report =
  (deps: Deps) =>
  async (asked: ReportSomething): Promise<{ received: true }> => {
    const { user, reason, text } = asked;
    const invalid = invalidTexts({ text }, undefined, { text: { lines: true } });
    if (invalid !== undefined) throw invalid;
    const thing = await findReported(deps, await viewerOf(deps, user), asked);
    await deps.reports.add({ ...thing, by: user.id, reason, text, at: deps.clock.now() });
    return { received: true };
  };
