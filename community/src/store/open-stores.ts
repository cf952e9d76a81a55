import type { ServiceDeps } from '@ticketing/common/service';
import { openCommentStore } from './comments.ts';
import { keptCounts } from './counts.ts';
import { openLikeStore } from './likes.ts';
import { openPostStore } from './posts.ts';
import { openProfileStore } from './profiles.ts';
import { openReportStore } from './reports.ts';
import { openTieStore } from './ties.ts';

/** All that the service keeps, in one database. */
export const openStores = (deps: Pick<ServiceDeps, 'mongo'>) => {
  const posts = openPostStore(deps);
  const comments = openCommentStore(deps);
  const likes = openLikeStore(deps);
  return {
    profiles: openProfileStore(deps),
    posts,
    comments,
    likes,
    follows: openTieStore(deps, 'follows'),
    blocks: openTieStore(deps, 'blocks'),
    reports: openReportStore(deps),
    counts: {
      likesOfPosts: keptCounts({ parents: posts.model, field: 'likes', ...likes.counted('post') }),
      likesOfComments: keptCounts({ parents: comments.model, field: 'likes', ...likes.counted('comment') }),
      commentsOfPosts: keptCounts({ parents: posts.model, field: 'comments', ...comments.counted }),
    },
  };
};
