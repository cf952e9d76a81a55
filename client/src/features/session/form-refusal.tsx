import { FormMessage } from '../../shared/ui/form-message.tsx';
import type { Surface } from '../../shared/ui/surface.ts';
import { signInPath } from './return-path.ts';

interface FormRefusalProps {
  readonly state: { readonly message?: string; readonly isSignedOut?: boolean };
  readonly surface: Surface;
  /** Of the page that the form is on. */
  readonly path: string;
  /** What the link to sign in says. */
  readonly signIn: string;
}

/** Why a form was not taken as a whole; those who have to sign in do so beside it, and lose nothing. */
export const FormRefusal = ({ state: { message, isSignedOut }, surface, path, signIn }: FormRefusalProps) =>
  message === undefined ? null : (
    <FormMessage surface={surface}>
      {message}
      {isSignedOut && (
        <>
          {' '}
          <a
            href={signInPath(path)}
            target="_blank"
            rel="noreferrer"
            className="underline underline-offset-4"
          >
            {signIn}
          </a>
        </>
      )}
    </FormMessage>
  );
