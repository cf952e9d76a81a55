import 'server-only';
import { redirect } from 'next/navigation';
import { CredentialsForm } from './credentials-form.tsx';
import { visitor } from './current-user.ts';
import { returnPath } from './return-path.ts';

interface CredentialsPageProps {
  readonly kind: 'signIn' | 'signUp';
  /** As the URL has it: anything. */
  readonly next: unknown;
}

/** The page to sign up or in on; whoever is signed in already goes on to where they wanted to be. */
export const CredentialsPage = async ({ kind, next }: CredentialsPageProps) => {
  const path = returnPath(next);
  // While auth is away nobody knows: then the form says so when it is sent.
  if ((await visitor()) !== null) redirect(path);
  return <CredentialsForm kind={kind} next={path} />;
};
