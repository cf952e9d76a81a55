import type { Deps } from './deps.ts';

/** Longer than an Idempotency-Key is remembered, which stands in the document. */
const KEPT_MS = 25 * 60 * 60_000;
const AT_ONCE = 100;

/**
 * Deletes for good what was deleted a day ago, with all that stands beneath it. What is beneath goes first, so after a
 * crash in the middle the rest is still found.
 */
export const forgetDeleted =
  ({ posts, comments, likes, clock }: Deps) =>
  async (): Promise<void> => {
    const before = new Date(clock.now().getTime() - KEPT_MS);
    const forgetComments = async (which: Parameters<typeof comments.toForget>[0]) => {
      for (;;) {
        const ids = await comments.toForget(which, AT_ONCE);
        if (ids.length === 0) return;
        await likes.forget(ids);
        await comments.forget(ids);
      }
    };
    await forgetComments({ before });
    for (;;) {
      const ids = await posts.deletedBefore(before, AT_ONCE);
      if (ids.length === 0) return;
      await forgetComments({ beneath: ids });
      await likes.forget(ids);
      await posts.forget(ids);
    }
  };
