import { body, get, post, type Route } from '@ticketing/common/http';
import type { RateLimits } from '@ticketing/common/rate-limits';
import { signIns, signUps } from './budgets.ts';
import { email, newPassword, password } from './http/fields.ts';
import {
  answerCurrentUser,
  answerSignedIn,
  answerSignedOut,
  cookieCanBeSet,
  presentedToken,
} from './http/session-cookie.ts';
import type { UseCases } from './use-cases/index.ts';

const newAccount = body({ email: email(), password: newPassword() });
const credentials = body({ email: email(), password: password() });

/** What it offers. Checks run from left to right. */
export const routes = (use: UseCases, limits: RateLimits): Route[] => [
  post(
    '/api/users/signup',
    [limits.perAddress(signUps), cookieCanBeSet, newAccount, presentedToken],
    use.signUp,
    answerSignedIn(201),
  ),
  post(
    '/api/users/signin',
    [limits.perAddress(signIns), cookieCanBeSet, credentials, presentedToken],
    use.signIn,
    answerSignedIn(200),
  ),
  post('/api/users/signout', [cookieCanBeSet, presentedToken], use.signOut, answerSignedOut),
  get('/api/users/currentuser', [presentedToken], use.showCurrentUser, answerCurrentUser),
];
