import { newMark } from '../store/counts.ts';
import type { Deps } from './deps.ts';

/** Hides all that somebody wrote and liked, or shows it again, and counts anew what that changes. Harmless twice. */
export const spreadHidden =
  ({ posts, comments, likes, counts }: Deps) =>
  async (author: string, isHidden: boolean): Promise<void> => {
    const which = { author };
    for await (const _ids of posts.hide(which, 'author', isHidden));
    const mark = newMark();
    for await (const ids of comments.hide(which, 'author', isHidden, mark))
      await counts.commentsOfPosts.afterChanges(await comments.parentsOf(ids), mark);
    for await (const ids of likes.hide(which, 'author', isHidden, mark)) {
      const { post, comment } = await likes.parentsOf(ids);
      // The marks go with the second count, when both are there.
      for (const id of post) await counts.likesOfPosts.count(id);
      await counts.likesOfComments.afterChanges(comment, mark);
    }
  };

/**
 * Looks again at what people wrote in the minute in which their profile was hidden or restored: a request that had seen
 * the profile before may have written after.
 */
export const spreadAgain = (deps: Deps) => async (): Promise<void> => {
  for (const { id, hidden, spreadUntil } of await deps.profiles.spreading()) {
    await spreadHidden(deps)(id, hidden);
    if (spreadUntil <= deps.clock.now()) await deps.profiles.endSpreading(id, spreadUntil);
  }
};
