'use server';
import { redirect } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import { ask } from '../../shared/api/server.ts';
import { textOf } from '../../shared/ui/form-state.ts';
import { type Credentials, type CredentialsState, refusedCredentials } from './credentials.ts';
import { returnPath, signInPath } from './return-path.ts';
import { takeCookies } from './take-cookies.ts';

/** Begins a session, and leads to the form's `next`. */
export const signIn = async (_before: CredentialsState, form: FormData): Promise<CredentialsState> => {
  const credentials = credentialsOf(form);
  try {
    await beginSession('signin', credentials);
  } catch (error) {
    return refusedCredentials(refusal(error), credentials);
  }
  redirect(returnPath(form.get('next')));
};

/**
 * Opens an account, and leads to the form's `next`. An email in use is no reason to refuse whoever knows its password:
 * they pressed twice, or had forgotten that they have an account.
 */
export const signUp = async (_before: CredentialsState, form: FormData): Promise<CredentialsState> => {
  const credentials = credentialsOf(form);
  try {
    await beginSession('signup', credentials);
  } catch (error) {
    const refused = refusal(error);
    if (!refused.is('email_in_use') || !(await canSignIn(credentials))) {
      return refusedCredentials(refused, credentials);
    }
  }
  redirect(returnPath(form.get('next')));
};

/** Ends the session, and leads to the shop. */
export const signOut = async (): Promise<void> => {
  await endSession();
  redirect('/');
};

/** Ends the session, and leads to signing in and then to the form's `next`. */
export const signInAsOther = async (form: FormData): Promise<void> => {
  await endSession();
  redirect(signInPath(returnPath(form.get('next'))));
};

const credentialsOf = (form: FormData): Credentials => ({
  email: textOf(form, 'email'),
  password: textOf(form, 'password'),
});

const beginSession = async (how: 'signin' | 'signup', body: Credentials): Promise<void> =>
  takeCookies(await ask('auth', 'post', `/api/users/${how}`, { body }));

const canSignIn = async (credentials: Credentials): Promise<boolean> => {
  try {
    await beginSession('signin', credentials);
    return true;
  } catch (error) {
    refusal(error);
    return false;
  }
};

const endSession = async (): Promise<void> => takeCookies(await ask('auth', 'post', '/api/users/signout'));

/** @throws whatever is no answer of a service */
const refusal = (error: unknown): ApiError => {
  if (error instanceof ApiError) return error;
  throw error;
};
