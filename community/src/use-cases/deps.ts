/** What the use cases are given. */
import type { Clock } from '@ticketing/common/clock';
import type { CommentStore } from '../store/comments.ts';
import type { KeptCounts } from '../store/counts.ts';
import type { LikeStore } from '../store/likes.ts';
import type { PostStore } from '../store/posts.ts';
import type { ProfileStore } from '../store/profiles.ts';
import type { ReportStore } from '../store/reports.ts';
import type { TieStore } from '../store/ties.ts';

export interface Deps {
  readonly profiles: ProfileStore;
  readonly posts: PostStore;
  readonly comments: CommentStore;
  readonly likes: LikeStore;
  readonly follows: TieStore;
  readonly blocks: TieStore;
  readonly reports: ReportStore;
  /** Of posts and comments; kept beside them. */
  readonly counts: {
    readonly likesOfPosts: KeptCounts;
    readonly likesOfComments: KeptCounts;
    readonly commentsOfPosts: KeptCounts;
  };
  readonly clock: Clock;
}
