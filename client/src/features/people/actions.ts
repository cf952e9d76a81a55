'use server';
import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import { ask } from '../../shared/api/server.ts';
import type { OwnProfile } from '../../shared/api/types.ts';
import { OWN_PATH, personPath } from '../../shared/person/person-path.ts';
import { textOf } from '../../shared/ui/form-state.ts';
import { signInPath } from '../session/return-path.ts';
import { type ProfileState, readProfile, refusedProfile } from './profile-fields.ts';
import { sayRefused } from './say-refused.ts';

/** Says who one is, and leads to what others see of it. */
export const saveProfile = async (_before: ProfileState, form: FormData): Promise<ProfileState> => {
  const { body, values } = readProfile(form);
  let saved: OwnProfile;
  try {
    saved = (await ask<OwnProfile>('community', 'put', '/api/profiles/me', { body })).data;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return refusedProfile(error, values);
  }
  revalidatePath(OWN_PATH);
  redirect(`${saved.hidden ? OWN_PATH : personPath(saved.handle)}?saved=yes`);
};

export interface TieState {
  /** Why it could not be done. */
  readonly message?: string;
  /** Who is no longer followed, or blocked: their name. */
  readonly isUndone?: string;
}

/** Follows somebody, or no longer, as the form wants it; again is once. */
export const follow = async (_before: TieState, form: FormData): Promise<TieState> => {
  const handle = textOf(form, 'handle');
  return tie({
    form,
    method: textOf(form, 'wants') === 'no' ? 'delete' : 'put',
    what: 'follow',
    back: personPath(handle),
  });
};

/** Blocks somebody, whose profile is then not to be seen any more: it leads to one's own, where they can be unblocked. */
export const block = async (_before: TieState, form: FormData): Promise<TieState> => {
  const handle = textOf(form, 'handle');
  const state = await tie({ form, method: 'put', what: 'block', back: personPath(handle) });
  if (state.message !== undefined) return state;
  redirect(`${OWN_PATH}?${new URLSearchParams({ done: handle })}`);
};

/** In the lists of one's own profile. */
export const unfollow = async (_before: TieState, form: FormData): Promise<TieState> =>
  tie({ form, method: 'delete', what: 'follow', back: OWN_PATH });

export const unblock = async (_before: TieState, form: FormData): Promise<TieState> =>
  tie({ form, method: 'delete', what: 'block', back: OWN_PATH });

interface Tie {
  readonly form: FormData;
  readonly method: 'put' | 'delete';
  readonly what: 'follow' | 'block';
  /** The page that the form is on. */
  readonly back: string;
}

const tie = async ({ form, method, what, back }: Tie): Promise<TieState> => {
  // What a browser sends is not believed to be a handle: it becomes a part of an address.
  const handle = encodeURIComponent(textOf(form, 'handle'));
  try {
    await ask('community', method, `/api/profiles/${handle}/${what}`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.is('not_signed_in')) redirect(signInPath(back));
    return { message: sayRefused(error) };
  }
  revalidatePath(back);
  return method === 'delete' ? { isUndone: textOf(form, 'name') } : {};
};
