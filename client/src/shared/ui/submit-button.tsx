'use client';
import type { ReactNode } from 'react';
import { useFormStatus } from 'react-dom';
import { button } from './button.ts';

interface SubmitButtonProps {
  readonly children: ReactNode;
  /** What it says while the answer is under way. */
  readonly pending: string;
  readonly look?: keyof typeof button;
  readonly className?: string;
}

/** Sends the form around it, once: pressing again changes nothing until the answer is here. It keeps the focus. */
export const SubmitButton = ({ children, pending, look = 'onStock', className = '' }: SubmitButtonProps) => {
  const status = useFormStatus();
  return (
    <button
      type="submit"
      aria-disabled={status.pending || undefined}
      onClick={(event) => {
        if (status.pending) event.preventDefault();
      }}
      className={`${button[look]} ${className}`}
    >
      {status.pending ? pending : children}
    </button>
  );
};
