'use client';
import { useActionState } from 'react';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { FormMessage } from '../../shared/ui/form-message.tsx';
import { SubmitButton } from '../../shared/ui/submit-button.tsx';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { type ReleaseState, releaseTicket } from './actions.ts';

const words = texts.orders.release;
const untouched: ReleaseState = {};

/** Lets the ticket go, after asking once; without script too. */
export const ReleaseTicket = ({ orderId }: { orderId: string }) => {
  const [state, release] = useActionState(releaseTicket.bind(null, orderId), untouched);
  const form = useRefusalFocus(state);
  return (
    // Somebody may open it before the page is alive.
    <details className="self-start" suppressHydrationWarning>
      <summary className={`${button.quiet} list-none [&::-webkit-details-marker]:hidden`}>
        {words.verb}
      </summary>
      <form ref={form} action={release} className="flex flex-col items-start gap-3 pt-1">
        {state.message !== undefined && <FormMessage surface="counter">{state.message}</FormMessage>}
        <p>{words.question}</p>
        <SubmitButton look="onCounter" pending={words.pending}>
          {words.confirm}
        </SubmitButton>
      </form>
    </details>
  );
};
