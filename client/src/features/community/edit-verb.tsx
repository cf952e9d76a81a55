'use client';
import { useActionState } from 'react';
import type { Post } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { LocalTime } from '../../shared/time/local-time.tsx';
import { useNow } from '../../shared/time/use-now.ts';
import { button } from '../../shared/ui/button.ts';
import { FieldFrame } from '../../shared/ui/field.tsx';
import { SubmitButton } from '../../shared/ui/submit-button.tsx';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { edit } from './actions.ts';
import { FormRefusal } from './form-refusal.tsx';
import { Left } from './left.tsx';
import styles from './own-verbs.module.css';
import paper from './paper.module.css';
import { useTyped } from './use-typed.ts';
import { editableUntil, MOST, untouched, type WriteState } from './writing.ts';

const words = texts.community.own;

interface EditVerbProps {
  readonly post: Post;
  readonly path: string;
  readonly asOf: number;
}

/** Changes one's own post, as long as one may, and says until when. */
export const EditVerb = ({ post, path, asOf }: EditVerbProps) => {
  const [state, action] = useActionState<WriteState, FormData>(edit, untouched);
  const form = useRefusalFocus(state === untouched ? null : state);
  const [typed, setTyped] = useTyped(form, state.values.text ?? post.text);
  const until = editableUntil(post);
  const isOver = useNow(asOf) > until;
  // Somebody who is writing is told so by the service, and keeps what they wrote.
  if (isOver && state === untouched && typed === post.text) return null;
  return (
    // Somebody may open it before the page is alive; and who was refused goes on.
    <details className={styles.verb} open={state === untouched ? undefined : true} suppressHydrationWarning>
      <summary className={button.quiet}>{words.edit}</summary>
      <form ref={form} action={action} noValidate autoComplete="off" className="pb-2">
        <input type="hidden" name="post" value={post.id} />
        <FormRefusal state={state} path={path} />
        <FieldFrame
          surface="stock"
          label={words.editLabel}
          labelClassName="sr-only"
          className="mb-1"
          error={state.errors.text}
        >
          {(tied) => (
            <textarea
              {...tied}
              name="text"
              rows={3}
              required
              dir="auto"
              defaultValue={state.values.text ?? post.text}
              onInput={({ currentTarget }) => setTyped(currentTarget.value)}
              className={paper.text}
            />
          )}
        </FieldFrame>
        <div className={paper.verbs}>
          <SubmitButton pending={words.saving}>{words.save}</SubmitButton>
          <p>
            {words.until} <LocalTime iso={new Date(until).toISOString()} style="time" />
          </p>
          <span className="ml-auto">
            <Left typed={typed} most={MOST.post} />
          </span>
        </div>
      </form>
    </details>
  );
};
