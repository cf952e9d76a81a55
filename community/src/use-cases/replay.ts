import { found } from '@ticketing/common/errors';
import type { CommentAnswer, PostAnswer } from '../answer.ts';
import type { Deps } from './deps.ts';
import { tellComment, tellPost } from './tell.ts';
import { viewerOf } from './viewer.ts';

/** What its author is answered who asks for the same post twice: the post as it is by now. @throws {NotFound} */
export const replayPost =
  (deps: Deps) =>
  async (id: string): Promise<PostAnswer> => {
    const post = found(await deps.posts.find(id), 'Post');
    return tellPost(deps, await viewerOf(deps, { id: post.author }), post);
  };

/** The same of a comment. @throws {NotFound} */
export const replayComment =
  (deps: Deps) =>
  async (id: string): Promise<CommentAnswer> => {
    const comment = found(await deps.comments.find(id), 'Comment');
    return tellComment(deps, await viewerOf(deps, { id: comment.author }), comment);
  };
