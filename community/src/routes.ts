import {
  type Answer,
  answerPage,
  anyone,
  body,
  type Check,
  del,
  get,
  id,
  limit,
  oneOf,
  optional,
  type Page,
  pathId,
  post,
  put,
  query,
  type Route,
  signedIn,
  text,
} from '@ticketing/common/http';
import { idempotencyKey } from '@ticketing/common/idempotency';
import type { Budget, RateLimits } from '@ticketing/common/rate-limits';
import { ofNetwork, perPerson } from './budgets.ts';
import { handle, ids, lines, links, pathHandle } from './http/fields.ts';
import type { ProfileFields } from './profile.ts';
import { reasons } from './report.ts';
import type { UseCases } from './use-cases/index.ts';

const profileBody = body({
  handle: optional(handle('Handle')),
  name: text('Name', { min: 1, max: 40 }),
  about: optional(lines('About', { min: 1, max: 500 })),
  city: optional(text('City', { min: 1, max: 60 })),
  links: optional(links('Links')),
} satisfies Record<keyof ProfileFields, unknown>);

const postText = lines('Text', { min: 1, max: 1_000 });
const newPost = body({ text: postText, ticketId: optional(id('ticketId')) });
const editedPost = body({ text: postText });
const newComment = body({ text: lines('Text', { min: 1, max: 500 }) });

const reportBody = body({
  postId: optional(id('postId')),
  commentId: optional(id('commentId')),
  handle: optional(handle('Handle')),
  reason: oneOf('reason', reasons),
  text: optional(lines('Text', { min: 1, max: 500 })),
});

const cursor = optional(text('cursor', { min: 1, max: 512 }));
const people = query({ userIds: ids('userIds') });
const pageQuery = query({ limit: limit(20), cursor });
const postQuery = query({
  author: optional(id('author')),
  ticketId: optional(id('ticketId')),
  feed: optional(oneOf('feed', ['following'])),
  limit: limit(20),
  cursor,
});

/** Blocks make every answer somebody's own: a browser may keep it and ask whether it has changed, a shared cache may not. */
const OWN = 'private, no-cache';

const answerOwn: Answer<unknown> = (result, _request, response) => {
  response.set('Cache-Control', OWN).json(result);
};

const answerOwnPage: Answer<Page<unknown>> = (page, request, response) => {
  response.set('Cache-Control', OWN);
  answerPage(page, request, response);
};

/** What it offers. Checks run from left to right; signing in comes before the body. */
export const routes = (use: UseCases, limits: RateLimits): Route[] => {
  const limited = (budget: Budget): [Check, Check] => [
    limits.perUser(budget),
    limits.perAddress(ofNetwork(budget)),
  ];
  const { profile, posts, comments, changes, likes, follows, blocks, reports } = perPerson;
  return [
    get('/api/profiles/me', [signedIn], use.showOwnProfile),
    put('/api/profiles/me', [signedIn, ...limited(profile), profileBody], use.changeProfile),
    get('/api/profiles/me/following', [signedIn, pageQuery], use.listFollowing, answerOwnPage),
    get('/api/profiles/me/blocked', [signedIn, pageQuery], use.listBlocked, answerOwnPage),
    get('/api/profiles', [anyone, people], use.namePeople, answerOwn),
    get('/api/profiles/:handle', [anyone, pathHandle], use.showProfile, answerOwn),
    put('/api/profiles/:handle/follow', [signedIn, ...limited(follows), pathHandle], use.follow),
    del('/api/profiles/:handle/follow', [signedIn, ...limited(follows), pathHandle], use.unfollow),
    put('/api/profiles/:handle/block', [signedIn, ...limited(blocks), pathHandle], use.block),
    del('/api/profiles/:handle/block', [signedIn, ...limited(blocks), pathHandle], use.unblock),

    get('/api/posts', [anyone, postQuery], use.listPosts, answerOwnPage),
    post('/api/posts', [signedIn, ...limited(posts), newPost, idempotencyKey], use.writePost, 201),
    get('/api/posts/:id', [anyone, pathId('Post')], use.showPost, answerOwn),
    put('/api/posts/:id', [signedIn, ...limited(changes), pathId('Post'), editedPost], use.editPost),
    del('/api/posts/:id', [signedIn, ...limited(changes), pathId('Post')], use.deletePost, 204),
    put('/api/posts/:id/like', [signedIn, ...limited(likes), pathId('Post')], use.likePost),
    del('/api/posts/:id/like', [signedIn, ...limited(likes), pathId('Post')], use.unlikePost),

    get('/api/posts/:id/comments', [anyone, pathId('Post'), pageQuery], use.listComments, answerOwnPage),
    post(
      '/api/posts/:id/comments',
      [signedIn, ...limited(comments), pathId('Post'), newComment, idempotencyKey],
      use.writeComment,
      201,
    ),
    del('/api/comments/:id', [signedIn, ...limited(changes), pathId('Comment')], use.deleteComment, 204),
    put('/api/comments/:id/like', [signedIn, ...limited(likes), pathId('Comment')], use.likeComment),
    del('/api/comments/:id/like', [signedIn, ...limited(likes), pathId('Comment')], use.unlikeComment),

    post('/api/reports', [signedIn, ...limited(reports), reportBody], use.report, 201),
  ];
};
