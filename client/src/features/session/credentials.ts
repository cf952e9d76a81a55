import type { ApiError } from '../../shared/api/api-error.ts';
import { texts } from '../../shared/texts/index.ts';
import type { FormState } from '../../shared/ui/form-state.ts';
import { sayRefusal } from '../../shared/ui/say-refusal.ts';

/** What signing up and in ask for. */
export type CredentialsState = FormState<'email' | 'password'>;

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export const untouched: CredentialsState = { values: {}, errors: {} };

const { errors: say } = texts.session;
const MIN_PASSWORD = 8;
const MAX_PASSWORD = 128;

/** Why auth took no account, or let nobody in: at the field where there is one. The password is not among what is kept. */
export const refusedCredentials = (error: ApiError, { email, password }: Credentials): CredentialsState => {
  const values = { email };
  if (error.is('email_in_use')) return { values, errors: { email: say.emailInUse } };
  if (error.is('invalid_credentials')) return { values, errors: {}, message: say.invalidCredentials };

  const bad = new Set(error.lines.filter(({ code }) => code === 'invalid_field').map(({ field }) => field));
  const errors = {
    ...(bad.has('email') ? { email: email.trim() === '' ? say.noEmail : say.email } : {}),
    ...(bad.has('password') ? { password: sayPassword(password) } : {}),
  };
  if (Object.keys(errors).length > 0) return { values, errors };
  return { values, errors: {}, message: sayRefusal(error) };
};

/** Counted as auth counts, in characters of the composed form; it has judged already, this only finds the words. */
const sayPassword = (password: string): string => {
  if (password === '') return say.noPassword;
  const { length } = [...password.normalize('NFC')];
  return length < MIN_PASSWORD || length > MAX_PASSWORD ? say.password : say.guessable;
};
