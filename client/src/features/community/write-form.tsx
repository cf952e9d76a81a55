'use client';
import { useActionState } from 'react';
import type { Ticket } from '../../shared/api/types.ts';
import { stockOf } from '../../shared/strip/stock.ts';
import { texts } from '../../shared/texts/index.ts';
import { FieldFrame } from '../../shared/ui/field.tsx';
import { SubmitButton } from '../../shared/ui/submit-button.tsx';
import { useAttempt } from '../../shared/ui/use-attempt.ts';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { write } from './actions.ts';
import { FormRefusal } from './form-refusal.tsx';
import { Left } from './left.tsx';
import styles from './paper.module.css';
import { Slip } from './slip.tsx';
import { TicketStub } from './ticket-stub.tsx';
import { useTyped } from './use-typed.ts';
import { MOST, untouched, type WriteState } from './writing.ts';

const words = texts.community.write;

interface WriteFormProps {
  /** What one has come to write about. */
  readonly about: Ticket | undefined;
  /** Made by the server, so that pressing twice posts once. */
  readonly attempt: string;
  /** Of the page that the form is on. */
  readonly path: string;
}

/** A blank slip to write on, with the stub of what it is about. It works before the page is alive. */
export const WriteForm = ({ about, attempt, path }: WriteFormProps) => {
  const [state, action] = useActionState<WriteState, FormData>(write, untouched);
  const form = useRefusalFocus(state === untouched ? null : state);
  const first = useAttempt(attempt);
  const [typed, setTyped] = useTyped(form, state.values.text ?? '');
  return (
    <Slip
      as="div"
      className={styles.write ?? ''}
      {...(about === undefined ? {} : { stock: stockOf(about.id), stub: <TicketStub ticket={about} /> })}
    >
      <form ref={form} action={action} noValidate autoComplete="off">
        <input type="hidden" name="key" value={state.key ?? first.key} />
        <FormRefusal state={state} path={path} />
        <FieldFrame
          surface="stock"
          label={words.label}
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
              placeholder={words.example}
              defaultValue={state.values.text}
              onInput={({ currentTarget }) => setTyped(currentTarget.value)}
              className={styles.text}
            />
          )}
        </FieldFrame>
        <div className={styles.verbs}>
          <SubmitButton pending={words.pending}>{words.submit}</SubmitButton>
          {about !== undefined && (
            <label className="flex min-w-0 items-center gap-2 max-sm:order-last max-sm:basis-full sm:max-w-[22rem]">
              {words.about}
              <select name="ticketId" defaultValue={about.id} className={styles.choice}>
                <option value={about.id}>{about.title}</option>
                <option value="">{words.aboutNothing}</option>
              </select>
            </label>
          )}
          <span className="ml-auto">
            <Left typed={typed} most={MOST.post} />
          </span>
        </div>
      </form>
    </Slip>
  );
};
