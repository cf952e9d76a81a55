/** Every use case of the service. */

import type { Deps } from './deps.ts';
import { showCurrentUser } from './show-current-user.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { signUp } from './sign-up.ts';

export const useCases = (deps: Deps) => ({
  showCurrentUser: showCurrentUser(deps),
  signIn: signIn(deps),
  signOut: signOut(deps),
  signUp: signUp(deps),
});

export type UseCases = ReturnType<typeof useCases>;
