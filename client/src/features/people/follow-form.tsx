'use client';
import { useActionState, useState } from 'react';
import type { Profile } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { FormMessage } from '../../shared/ui/form-message.tsx';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { follow, type TieState } from './actions.ts';

const words = texts.people.follow;
const untouched: TieState = {};

/**
 * Follows somebody, or no longer. It shows at once what was pressed last, and takes it back if it fails; presses are
 * answered one after the other.
 */
export const FollowForm = ({ person }: { person: Pick<Profile, 'handle' | 'name' | 'followedByMe'> }) => {
  const { handle, name, followedByMe } = person;
  const [state, action, isPending] = useActionState(follow, untouched);
  const form = useRefusalFocus(state);
  const [wanted, setWanted] = useState(followedByMe);
  const isFollowed = isPending ? wanted : followedByMe;
  const hasFailed = !isPending && state.message !== undefined;
  const wasPressed = isPending || state !== untouched;
  return (
    <form ref={form} action={action} onSubmit={() => setWanted(!isFollowed)} className="contents">
      {hasFailed && (
        <div className="basis-full">
          <FormMessage surface="stock">{state.message}</FormMessage>
        </div>
      )}
      <input type="hidden" name="handle" value={handle} />
      <input type="hidden" name="name" value={name} />
      <input type="hidden" name="wants" value={isFollowed ? 'no' : 'yes'} />
      <button type="submit" className={isFollowed ? button.outlined : button.onStock}>
        {isFollowed ? words.undo : words.verb}
        <span className="sr-only"> {name}</span>
      </button>
      <span role="status" className="sr-only">
        {wasPressed && !hasFailed && (isFollowed ? words.isDone(name) : words.isUndone(name))}
      </span>
    </form>
  );
};
