import { withQuery } from './query.ts';

/** What can be reported to the operators, as the API names it. */
export type Reported =
  | { readonly postId: string }
  | { readonly commentId: string }
  | { readonly handle: string };

/** The page that reports it. @param back where it leads afterwards, where the place of what is reported is not it */
export const reportPath = (what: Reported, back?: string): string =>
  withQuery('/community/report', { ...what, back });
