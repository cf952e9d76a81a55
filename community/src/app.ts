import { idempotency } from '@ticketing/common/idempotency';
import { rateLimits } from '@ticketing/common/rate-limits';
import { type ServiceDeps, type ServiceParts, serviceApp } from '@ticketing/common/service';
import type { CommentAnswer, PostAnswer } from './answer.ts';
import type { CommunityConfig } from './config.ts';
import { routes } from './routes.ts';
import { openStores } from './store/open-stores.ts';
import { useCases } from './use-cases/index.ts';
import { replayComment, replayPost } from './use-cases/replay.ts';

const SECONDS = 1_000;

/** Puts the service together; no connection is made here, and nothing listens. */
export const community = (
  deps: Pick<ServiceDeps, 'mongo' | 'clock' | 'logger' | 'metrics' | 'store'>,
  config: CommunityConfig,
): ServiceParts => {
  const { mongo, clock, logger, metrics } = deps;
  const stores = { ...openStores(deps), clock };
  const { posts, comments, reports } = stores;
  const use = useCases(stores, {
    post: idempotency<PostAnswer>({ mongo, model: posts.keyed, clock, answerOf: replayPost(stores) }),
    comment: idempotency<CommentAnswer>({
      mongo,
      model: comments.keyed,
      clock,
      answerOf: replayComment(stores),
    }),
  });
  metrics.watch('community_reports_open', 'Reports that no operator has decided.', reports.countOpen);
  return {
    app: serviceApp(deps, config, { routes: routes(use, rateLimits(mongo, config.RATE_LIMITS, logger)) }),
    jobs: [
      { name: 'count what was left uncounted', everyMs: 15 * SECONDS, run: use.countLeft },
      { name: 'look again at what hidden people write', everyMs: 15 * SECONDS, run: use.spreadAgain },
      { name: 'forget what was deleted', everyMs: 600 * SECONDS, run: use.forgetDeleted },
    ],
  };
};
