'use client';
import { useEffect, useRef, useState } from 'react';
import { texts } from '../../shared/texts/index.ts';
import { FieldFrame, type FieldProps, fieldBox } from '../../shared/ui/field.tsx';
import { onSurface } from '../../shared/ui/surface.ts';
import { useHydrated } from '../../shared/ui/use-hydrated.ts';

const { password } = texts.session;

type PasswordFieldProps = Omit<FieldProps, 'type' | 'inputClassName' | 'ref' | 'label'>;

/** A password, with a switch to see it, which is there as soon as it works. Hidden again when the form is sent. */
export const PasswordField = ({ hint, error, surface, ...input }: PasswordFieldProps) => {
  const control = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  const hydrated = useHydrated();

  // So that no browser keeps what was typed among the values of plain text fields.
  useEffect(() => {
    const form = control.current?.form;
    const hide = () => setShown(false);
    form?.addEventListener('submit', hide);
    return () => form?.removeEventListener('submit', hide);
  }, []);

  return (
    <FieldFrame
      label={password.label}
      error={error}
      surface={surface}
      {...(hint === undefined ? {} : { hint })}
    >
      {(tied) => (
        <span className="relative flex">
          <input
            {...input}
            {...tied}
            ref={control}
            type={shown ? 'text' : 'password'}
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            className={`${fieldBox} pr-20 ${onSurface[surface].input}`}
          />
          {hydrated && (
            <button
              type="button"
              aria-label={shown ? password.hideIt : password.showIt}
              onClick={() => setShown(!shown)}
              className="absolute inset-y-0 right-0 min-h-11 cursor-pointer px-3 font-semibold text-[0.875rem] underline underline-offset-4"
            >
              {shown ? password.hide : password.show}
            </button>
          )}
        </span>
      )}
    </FieldFrame>
  );
};
