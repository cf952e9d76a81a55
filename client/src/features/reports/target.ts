/** What is reported, as it stands in the address of the page. Pure. */
import { personPath } from '../../shared/person/person-path.ts';
import { type Query, single } from '../../shared/query.ts';
import type { Reported } from '../../shared/report-path.ts';

export type Target =
  | { readonly kind: 'post'; readonly postId: string }
  | { readonly kind: 'comment'; readonly commentId: string }
  | { readonly kind: 'person'; readonly handle: string };

const ID = /^[0-9a-f]{24}$/i;
const HANDLE = /^[a-z0-9_]{3,20}$/i;

/** Exactly one thing; undefined where an address names none, or several. */
export const readTarget = (query: Query): Target | undefined => {
  const [postId, commentId, handle] = [query.postId, query.commentId, query.handle].map(single);
  const named: readonly (Target | undefined)[] = [
    postId === undefined ? [] : [ID.test(postId) ? ({ kind: 'post', postId } as const) : undefined],
    commentId === undefined
      ? []
      : [ID.test(commentId) ? ({ kind: 'comment', commentId } as const) : undefined],
    handle === undefined ? [] : [HANDLE.test(handle) ? ({ kind: 'person', handle } as const) : undefined],
  ].flat();
  return named.length === 1 ? named[0] : undefined;
};

/** As community, and the page's own address, name it. */
export const fieldsOf = (target: Target): Reported => {
  switch (target.kind) {
    case 'post':
      return { postId: target.postId };
    case 'comment':
      return { commentId: target.commentId };
    case 'person':
      return { handle: target.handle };
  }
};

/** Where it stands; of a comment nobody knows beneath which post. */
export const placeOf = (target: Target): string => {
  switch (target.kind) {
    case 'post':
      return `/community/${target.postId}`;
    case 'comment':
      return '/community';
    case 'person':
      return personPath(target.handle);
  }
};
