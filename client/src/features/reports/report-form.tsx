'use client';
import Link from 'next/link';
import { useActionState, useEffect, useId, useRef } from 'react';
import { widthIn } from '../../shared/strip/title.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { FieldFrame, fieldBox } from '../../shared/ui/field.tsx';
import { SubmitButton } from '../../shared/ui/submit-button.tsx';
import { onSurface } from '../../shared/ui/surface.ts';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { FormRefusal } from '../session/form-refusal.tsx';
import { report } from './actions.ts';
import { reasons, untouched } from './report.ts';
import styles from './report-form.module.css';

const words = texts.reports;

/** How much of a title's size fits on the narrowest slip (title.ts). */
const ROOM = 6.2;

interface ReportFormProps {
  readonly title: string;
  /** Names what is reported. */
  readonly fields: Readonly<Record<string, string>>;
  /** Of the page that the form is on. */
  readonly path: string;
  /** Where one came from. */
  readonly back: string;
}

/** A slip to the operators; it works before the page is alive. */
export const ReportForm = ({ title, fields, path, back }: ReportFormProps) => {
  const [state, action] = useActionState(report, untouched);
  const form = useRefusalFocus(state);
  const thanks = useRef<HTMLHeadingElement>(null);
  const reasonId = useId();
  const { values, errors, isDone = false } = state;

  // What had the focus is gone; and people who do not see the page hear what happened.
  useEffect(() => {
    if (isDone) thanks.current?.focus();
  }, [isDone]);

  if (isDone) {
    return (
      <div className={`${styles.slip} mx-auto mt-2 flex max-w-[36rem] sm:mt-8 flex-col items-start gap-3`}>
        <h1
          ref={thanks}
          tabIndex={-1}
          className={`title text-xl outline-none ${widthIn(words.thanks.title, ROOM)}`}
        >
          {words.thanks.title}
        </h1>
        <p className="text-lg">{words.thanks.text}</p>
        <Link href={back} className={`${button.onStock} mt-3`}>
          {words.thanks.verb}
        </Link>
      </div>
    );
  }
  return (
    <form
      ref={form}
      action={action}
      noValidate
      className={`${styles.slip} mx-auto mt-2 flex max-w-[36rem] sm:mt-8 flex-col gap-5`}
    >
      <div>
        <h1 className={`title text-xl ${widthIn(title, ROOM)}`}>{title}</h1>
        <p className="mt-2">{words.text}</p>
      </div>
      <FormRefusal state={state} surface="stock" path={path} signIn={words.errors.signIn} />
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <fieldset aria-describedby={errors.reason === undefined ? undefined : reasonId}>
        <legend className="font-semibold">{words.reason}</legend>
        {errors.reason !== undefined && (
          <p
            id={reasonId}
            tabIndex={-1}
            data-form-message
            className={`mt-1 font-semibold text-[0.875rem] leading-5 ${onSurface.stock.error}`}
          >
            {errors.reason}
          </p>
        )}
        {reasons.map((reason) => (
          <label key={reason} className={styles.choice}>
            <input
              type="radio"
              name="reason"
              value={reason}
              required
              defaultChecked={values.reason === reason}
            />
            <span aria-hidden="true" className={styles.ring} />
            {words.reasons[reason]}
          </label>
        ))}
      </fieldset>
      <FieldFrame surface="stock" label={`${words.more}, ${words.optional}`} error={errors.text}>
        {(tied) => (
          <textarea
            {...tied}
            name="text"
            rows={4}
            maxLength={500}
            dir="auto"
            defaultValue={values.text}
            className={`${fieldBox} py-2 ${onSurface.stock.input}`}
          />
        )}
      </FieldFrame>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        <SubmitButton pending={words.pending}>{words.submit}</SubmitButton>
        <Link href={back} className={button.quiet}>
          {words.back}
        </Link>
      </div>
    </form>
  );
};
