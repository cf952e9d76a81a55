import { texts } from '../../shared/texts/index.ts';
import { FormMessage } from '../../shared/ui/form-message.tsx';
import { signInPath } from '../session/return-path.ts';
import type { WriteState } from './writing.ts';

/** Why a form was not taken as a whole; those who have to sign in do so beside it, and lose nothing. */
export const FormRefusal = ({ state, path }: { state: WriteState; path: string }) =>
  state.message === undefined ? null : (
    <div className="mb-2">
      <FormMessage surface="stock">
        {state.message}
        {state.isSignedOut && (
          <>
            {' '}
            <a
              href={signInPath(path)}
              target="_blank"
              rel="noreferrer"
              className="underline underline-offset-4"
            >
              {texts.community.refused.signIn}
            </a>
          </>
        )}
      </FormMessage>
    </div>
  );
