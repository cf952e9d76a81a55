'use client';
import { type ReactNode, useActionState, useEffect, useState } from 'react';
import { OWN_PATH } from '../../shared/person/person-path.ts';
import { texts } from '../../shared/texts/index.ts';
import { LocalTime } from '../../shared/time/local-time.tsx';
import { FieldFrame } from '../../shared/ui/field.tsx';
import ruled from '../../shared/ui/line.module.css';
import { SubmitButton } from '../../shared/ui/submit-button.tsx';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { FormRefusal } from '../session/form-refusal.tsx';
import { saveProfile } from './actions.ts';
import { Pass } from './pass.tsx';
import { linkFields, type ProfileField, type ProfileState } from './profile-fields.ts';

const { form: words, errors: say } = texts.people;

interface ProfileFormProps {
  readonly userId: string;
  /** What stands in the fields. */
  readonly initial: ProfileState;
  /** There is a profile already, which has a handle. */
  readonly isThere: boolean;
  /** When the handle can be changed next; undefined where it can be now. */
  readonly handleStaysUntil: string | undefined;
}

/** Somebody's own pass, to be written on: the form is what it makes. It works before the page is alive. */
export const ProfileForm = ({ userId, initial, isThere, handleStaysUntil }: ProfileFormProps) => {
  const [state, action] = useActionState(saveProfile, initial);
  const form = useRefusalFocus(state === initial ? null : state);
  const { values, errors } = state;
  const [name, setName] = useState(values.name ?? '');

  // What was typed before the page was alive.
  useEffect(() => {
    const typed = form.current?.elements.namedItem('name');
    if (typed instanceof HTMLInputElement) setName(typed.value);
  }, [form]);

  return (
    <form ref={form} action={action} noValidate autoComplete="off">
      <Pass userId={userId} as="div">
        <FormRefusal state={state} surface="stock" path={OWN_PATH} signIn={say.signIn} />
        <Line label={words.name} error={errors.name}>
          {(tied) => (
            <input
              {...tied}
              name="name"
              maxLength={40}
              required
              dir="auto"
              placeholder={words.nameExample}
              defaultValue={values.name}
              onInput={({ currentTarget }) => setName(currentTarget.value)}
              className={`${ruled.line} title text-xl placeholder:font-normal ${widthOfName(name)}`}
            />
          )}
        </Line>
        <Line
          label={isThere ? words.handle : optional(words.handle)}
          error={errors.handle}
          hint={
            handleStaysUntil !== undefined ? (
              <>
                {words.handleStays} <LocalTime iso={handleStaysUntil} style="date" />.
              </>
            ) : isThere ? (
              words.handleHint
            ) : (
              words.handleMadeUp
            )
          }
        >
          {(tied) => (
            <input
              {...tied}
              name="handle"
              maxLength={21}
              readOnly={handleStaysUntil !== undefined}
              autoCapitalize="none"
              autoCorrect="off"
              spellCheck={false}
              placeholder={words.handleExample}
              defaultValue={values.handle}
              className={`${ruled.line} font-mono read-only:border-b-transparent!`}
            />
          )}
        </Line>
        <Line label={optional(words.about)} error={errors.about}>
          {(tied) => (
            <textarea
              {...tied}
              name="about"
              rows={3}
              maxLength={500}
              dir="auto"
              placeholder={words.aboutExample}
              defaultValue={values.about}
              className={`${ruled.line} field-sizing-content min-h-20!`}
            />
          )}
        </Line>
        <Line label={optional(words.city)} error={errors.city}>
          {(tied) => (
            <input
              {...tied}
              name="city"
              maxLength={60}
              dir="auto"
              placeholder={words.cityExample}
              defaultValue={values.city}
              className={ruled.line}
            />
          )}
        </Line>
        <fieldset className="min-w-0">
          <legend className="font-mono text-xs">{optional(words.links)}</legend>
          {linkFields.map((field, at) => (
            <Line
              key={field}
              label={<span className="sr-only">{words.link(at + 1)}</span>}
              error={errors[field]}
            >
              {(tied) => (
                <input
                  {...tied}
                  name={field}
                  // A host alone will do, which a browser's own check of addresses would refuse.
                  inputMode="url"
                  maxLength={200}
                  autoCapitalize="none"
                  autoCorrect="off"
                  spellCheck={false}
                  placeholder={at === 0 ? words.linkExample : undefined}
                  defaultValue={values[field]}
                  className={ruled.line}
                />
              )}
            </Line>
          ))}
        </fieldset>
        <SubmitButton pending={words.pending} className="mt-2 justify-self-start px-8">
          {words.submit}
        </SubmitButton>
      </Pass>
    </form>
  );
};

const optional = (label: string): string => `${label}, ${words.optional}`;

/** One line, so it is set narrower the longer it gets. */
const widthOfName = ({ length }: string): string => {
  if (length <= 12) return 'wide max-sm:regular max-[22.5rem]:narrow';
  return length <= 16 ? 'regular max-sm:narrow max-[22.5rem]:tight' : 'narrow max-sm:tight';
};

interface LineProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error: ProfileState['errors'][ProfileField] | undefined;
  readonly children: Parameters<typeof FieldFrame>[0]['children'];
}

const Line = (props: LineProps) => (
  <FieldFrame surface="stock" labelClassName="font-mono text-xs" {...props} />
);
