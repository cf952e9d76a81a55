'use client';
import Link from 'next/link';
import { useActionState } from 'react';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { Field } from '../../shared/ui/field.tsx';
import { FormMessage } from '../../shared/ui/form-message.tsx';
import { SubmitButton } from '../../shared/ui/submit-button.tsx';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { signIn, signUp } from './actions.ts';
import { untouched } from './credentials.ts';
import { PasswordField } from './password-field.tsx';
import { signInPath, signUpPath } from './return-path.ts';
import styles from './stub.module.css';

const { session } = texts;

const kinds = {
  signIn: { words: session.signIn, action: signIn, otherPath: signUpPath, stock: 'bg-gold' },
  signUp: { words: session.signUp, action: signUp, otherPath: signInPath, stock: 'bg-sky' },
};

interface CredentialsFormProps {
  readonly kind: keyof typeof kinds;
  /** Where it leads to; a path of ours. */
  readonly next: string;
}

/** One narrow stub to sign up or in on, and the way to the other one. It works before the page is alive. */
export const CredentialsForm = ({ kind, next }: CredentialsFormProps) => {
  const { words, action, otherPath, stock } = kinds[kind];
  const [state, formAction] = useActionState(action, untouched);
  const form = useRefusalFocus(state);
  const isNew = kind === 'signUp';
  return (
    <section aria-labelledby="title" className="mx-auto mt-2 max-w-[25rem] sm:mt-8">
      <div className={`${styles.stub} ${stock} px-6 pt-5 pb-7 sm:px-8`}>
        <h1 id="title" className="title wide text-xl">
          {words.title}
        </h1>
        {next !== '/' && <p className="mt-1">{session.onTheWay}</p>}
        <form ref={form} action={formAction} noValidate className="mt-5 flex flex-col gap-5">
          {state.message !== undefined && <FormMessage surface="stock">{state.message}</FormMessage>}
          <input type="hidden" name="next" value={next} />
          <Field
            surface="stock"
            label={session.email}
            name="email"
            type="email"
            autoComplete={isNew ? 'email' : 'username'}
            inputMode="email"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            required
            defaultValue={state.values.email}
            error={state.errors.email}
          />
          <PasswordField
            surface="stock"
            name="password"
            autoComplete={isNew ? 'new-password' : 'current-password'}
            required
            error={state.errors.password}
            {...(isNew ? { hint: session.password.rules } : {})}
          />
          <SubmitButton pending={words.pending} className="mt-1 w-full">
            {words.submit}
          </SubmitButton>
        </form>
      </div>
      <p className="mt-4 flex flex-wrap items-center gap-x-3 px-6 sm:px-8">
        {words.other}
        <Link href={otherPath(next)} className={button.quiet}>
          {words.otherVerb}
        </Link>
      </p>
    </section>
  );
};
