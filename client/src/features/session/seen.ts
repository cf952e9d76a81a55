import 'server-only';
import { notFound, redirect } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import { currentUser } from './current-user.ts';
import { signInPath } from './return-path.ts';

/**
 * What a page does with an answer it asked for: the answer, or `undefined` where it is another's, for which the page
 * shows `<NotYours>`. Not signed in leads to signing in and back to `path`; what is unknown is the 404 page.
 * @throws {ApiError} whatever else, for the error page
 */
export const seen = async <T>(path: string, answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) notFound();
    if (error.is('not_yours')) return undefined;
    // Only if auth says so too: else signing in would lead straight back here, again and again.
    if (error.is('not_signed_in') && (await currentUser()) === null) redirect(signInPath(path));
    throw error;
  }
};
