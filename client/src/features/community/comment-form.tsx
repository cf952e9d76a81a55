'use client';
import { useActionState } from 'react';
import { texts } from '../../shared/texts/index.ts';
import { FieldFrame } from '../../shared/ui/field.tsx';
import { SubmitButton } from '../../shared/ui/submit-button.tsx';
import { useAttempt } from '../../shared/ui/use-attempt.ts';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { comment } from './actions.ts';
import { FormRefusal } from './form-refusal.tsx';
import { Left } from './left.tsx';
import styles from './paper.module.css';
import { Slip } from './slip.tsx';
import { useTyped } from './use-typed.ts';
import { MOST, untouched, type WriteState } from './writing.ts';

const words = texts.community.thread;

interface CommentFormProps {
  readonly postId: string;
  /** Made by the server, so that pressing twice comments once. */
  readonly attempt: string;
  readonly path: string;
}

/** A slip for one's own comment, beneath the others. */
export const CommentForm = ({ postId, attempt, path }: CommentFormProps) => {
  const [state, action] = useActionState<WriteState, FormData>(comment, untouched);
  const form = useRefusalFocus(state === untouched ? null : state);
  const first = useAttempt(attempt);
  const [typed, setTyped] = useTyped(form, state.values.text ?? '');
  return (
    <Slip as="div">
      <form ref={form} action={action} noValidate autoComplete="off" className="pb-2">
        <input type="hidden" name="key" value={state.key ?? first.key} />
        <input type="hidden" name="post" value={postId} />
        <FormRefusal state={state} path={path} />
        <div className="flex items-start gap-2.5">
          <FieldFrame
            surface="stock"
            label={words.label}
            labelClassName="sr-only"
            className="flex-1"
            error={state.errors.text}
          >
            {(tied) => (
              <textarea
                {...tied}
                name="text"
                rows={1}
                required
                dir="auto"
                placeholder={words.label}
                defaultValue={state.values.text}
                onInput={({ currentTarget }) => setTyped(currentTarget.value)}
                className={styles.answer}
              />
            )}
          </FieldFrame>
          <SubmitButton pending={words.pending} className="min-h-12">
            {words.submit}
          </SubmitButton>
        </div>
        <p className="flex justify-end empty:hidden">
          <Left typed={typed} most={MOST.comment} isQuiet />
        </p>
      </form>
    </Slip>
  );
};
