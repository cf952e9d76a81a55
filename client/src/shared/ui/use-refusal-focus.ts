'use client';
import { type RefObject, useEffect, useRef } from 'react';

/**
 * Takes whoever sent a form to what is wrong with it: the message, or the first bad field, whichever stands first.
 * @param state as the server action answered; each answer is told anew, also the same one twice
 */
export const useRefusalFocus = (state: object): RefObject<HTMLFormElement | null> => {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[data-form-message], [aria-invalid="true"]')?.focus();
  }, [state]);
  return form;
};
