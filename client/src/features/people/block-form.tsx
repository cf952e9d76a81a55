'use client';
import { useActionState } from 'react';
import type { Person } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { FormMessage } from '../../shared/ui/form-message.tsx';
import { SubmitButton } from '../../shared/ui/submit-button.tsx';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { block, type TieState } from './actions.ts';

const words = texts.people.block;
const untouched: TieState = {};

/** Blocks somebody, after saying what that does and asking once; without script too. */
export const BlockForm = ({ person: { handle, name } }: { person: Person }) => {
  const [state, action] = useActionState(block, untouched);
  const form = useRefusalFocus(state);
  return (
    // Somebody may open it before the page is alive.
    <details
      suppressHydrationWarning
      onToggle={({ currentTarget }) => {
        if (currentTarget.open) currentTarget.scrollIntoView({ block: 'nearest' });
      }}
      className="open:order-1 open:basis-full"
    >
      <summary className={`${button.quiet} list-none [&::-webkit-details-marker]:hidden`}>
        {words.verb}
        <span className="sr-only"> {name}</span>
      </summary>
      <form ref={form} action={action} className="flex flex-col items-start gap-3 pb-2">
        {state.message !== undefined && <FormMessage surface="stock">{state.message}</FormMessage>}
        <input type="hidden" name="handle" value={handle} />
        <p>{words.question(name)}</p>
        <SubmitButton pending={words.pending}>{words.confirm}</SubmitButton>
      </form>
    </details>
  );
};
