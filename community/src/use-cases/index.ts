/** Every use case of the service. */
import type { CommentAnswer, PostAnswer } from '../answer.ts';
import { block, unblock } from './block.ts';
import { changeProfile } from './change-profile.ts';
import { countLeft } from './count-left.ts';
import { deleteComment } from './delete-comment.ts';
import { deletePost } from './delete-post.ts';
import type { Deps } from './deps.ts';
import { editPost } from './edit-post.ts';
import { follow, unfollow } from './follow.ts';
import { forgetDeleted } from './forget-deleted.ts';
import { likeComment, likePost, unlikeComment, unlikePost } from './like.ts';
import { listComments } from './list-comments.ts';
import { listPosts } from './list-posts.ts';
import { listBlocked, listFollowing } from './list-ties.ts';
import { namePeople } from './name-people.ts';
import { report } from './report.ts';
import { showOwnProfile } from './show-own-profile.ts';
import { showPost } from './show-post.ts';
import { showProfile } from './show-profile.ts';
import { spreadAgain } from './spread-hidden.ts';
import { type WriteComment, writeComment } from './write-comment.ts';
import { type WritePost, writePost } from './write-post.ts';

/** Makes writing safe to ask for twice, where somebody names a key. */
export interface Once {
  readonly post: (write: (command: WritePost) => Promise<PostAnswer>) => typeof write;
  readonly comment: (write: (command: WriteComment) => Promise<CommentAnswer>) => typeof write;
}

export const useCases = (deps: Deps, once: Once) => ({
  block: block(deps),
  changeProfile: changeProfile(deps),
  countLeft: countLeft(deps),
  deleteComment: deleteComment(deps),
  deletePost: deletePost(deps),
  editPost: editPost(deps),
  follow: follow(deps),
  forgetDeleted: forgetDeleted(deps),
  likeComment: likeComment(deps),
  likePost: likePost(deps),
  listBlocked: listBlocked(deps),
  listComments: listComments(deps),
  listFollowing: listFollowing(deps),
  listPosts: listPosts(deps),
  namePeople: namePeople(deps),
  report: report(deps),
  showOwnProfile: showOwnProfile(deps),
  showPost: showPost(deps),
  showProfile: showProfile(deps),
  spreadAgain: spreadAgain(deps),
  unblock: unblock(deps),
  unfollow: unfollow(deps),
  unlikeComment: unlikeComment(deps),
  unlikePost: unlikePost(deps),
  writeComment: once.comment(writeComment(deps)),
  writePost: once.post(writePost(deps)),
});

export type UseCases = ReturnType<typeof useCases>;
