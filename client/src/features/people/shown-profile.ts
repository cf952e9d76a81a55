import 'server-only';
import { notFound } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import type { Profile } from '../../shared/api/types.ts';
import { findProfile } from './find-people.ts';

/**
 * The profile of a page; the page "not found" for one that the visitor may not see, whatever the reason, and "no answer"
 * while community is away. @throws {ApiError}
 */
export const shownProfile = async (handle: string): Promise<Profile | 'no answer'> => {
  try {
    return await findProfile(handle);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) notFound();
    if (error.isTemporary) return 'no answer';
    throw error;
  }
};
