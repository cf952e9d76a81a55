import { type ComponentProps, type ReactNode, type Ref, useId } from 'react';
import { onSurface, type Surface } from './surface.ts';

/** What ties a control to its label, hint and error. */
export interface Tied {
  readonly id: string;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-describedby': string | undefined;
}

export interface FieldFrameProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly surface: Surface;
  readonly className?: string;
  readonly labelClassName?: string;
  readonly children: (tied: Tied) => ReactNode;
}

/** Label above, control, hint and error below; for controls that are not a plain `<Field>`. */
export const FieldFrame = ({
  label,
  hint,
  error,
  surface,
  className = '',
  labelClassName = 'font-semibold',
  children,
}: FieldFrameProps) => {
  const id = useId();
  const hintId = hint === undefined ? [] : [`${id}-hint`];
  const errorId = error === undefined ? [] : [`${id}-error`];
  const describedBy = [...errorId, ...hintId].join(' ');
  return (
    <div className={`flex min-w-0 flex-col gap-1 ${className}`}>
      <label htmlFor={id} className={labelClassName}>
        {label}
      </label>
      {children({
        id,
        'aria-invalid': error === undefined ? undefined : true,
        'aria-describedby': describedBy === '' ? undefined : describedBy,
      })}
      {error !== undefined && (
        <p
          id={`${id}-error`}
          className={`font-semibold text-[0.875rem] leading-5 ${onSurface[surface].error}`}
        >
          {error}
        </p>
      )}
      {hint !== undefined && (
        <p id={`${id}-hint`} className={`text-[0.875rem] leading-5 ${onSurface[surface].hint}`}>
          {hint}
        </p>
      )}
    </div>
  );
};

export interface FieldProps extends Omit<ComponentProps<'input'>, 'id' | 'className' | 'children'> {
  readonly name: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly surface: Surface;
  /** Of the input, beside its own. */
  readonly inputClassName?: string;
  readonly ref?: Ref<HTMLInputElement>;
}

/** One line to type in. */
export const Field = ({ label, hint, error, surface, inputClassName = '', ...input }: FieldProps) => (
  <FieldFrame label={label} error={error} surface={surface} {...(hint === undefined ? {} : { hint })}>
    {(tied) => (
      <input {...input} {...tied} className={`${fieldBox} ${onSurface[surface].input} ${inputClassName}`} />
    )}
  </FieldFrame>
);

/** The box of a control: 16 px of text, or a phone would zoom in. */
export const fieldBox = 'min-h-11 w-full min-w-0 rounded-[3px] border-2 px-3 text-base';
