'use client';
import { useActionState } from 'react';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { FormMessage } from '../../shared/ui/form-message.tsx';
import { SubmitButton } from '../../shared/ui/submit-button.tsx';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { type DoneState, deleteComment, deletePost } from './actions.ts';
import styles from './own-verbs.module.css';

const words = texts.community.own;
const untouched: DoneState = {};

interface DeleteVerbProps {
  readonly postId: string;
  /** The comment beneath it that is to be deleted; without one, the post. */
  readonly commentId?: string;
  readonly className?: string;
}

/** Takes away what one has written, after asking once; without script too. */
export const DeleteVerb = ({ postId, commentId, className = '' }: DeleteVerbProps) => {
  const [state, action] = useActionState(commentId === undefined ? deletePost : deleteComment, untouched);
  const form = useRefusalFocus(state === untouched ? null : state);
  return (
    // Somebody may open it before the page is alive.
    <details className={`${styles.verb} ${className}`} suppressHydrationWarning>
      <summary className={button.quiet}>{words.delete}</summary>
      <form ref={form} action={action} className="flex flex-wrap items-center gap-x-4 gap-y-2 pb-2">
        {state.message !== undefined && <FormMessage surface="stock">{state.message}</FormMessage>}
        <input type="hidden" name="post" value={postId} />
        {commentId !== undefined && <input type="hidden" name="comment" value={commentId} />}
        <p>{commentId === undefined ? words.deletePost : words.deleteComment}</p>
        <SubmitButton pending={words.deleting}>{words.deleteIt}</SubmitButton>
      </form>
    </details>
  );
};
