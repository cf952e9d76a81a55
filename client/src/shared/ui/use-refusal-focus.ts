'use client';
import { type RefObject, useEffect, useRef } from 'react';

/**
 * Takes whoever sent a form to what is wrong with it: the message, or the first bad field, whichever stands first. The
 * button they pressed may be gone by then.
 * @param state as the server action answered; each answer is told anew, also the same one twice. Null where nothing is
 * @returns for the form, or for what stands around its message
 */
export const useRefusalFocus = <E extends HTMLElement = HTMLFormElement>(
  state: object | null,
): RefObject<E | null> => {
  const root = useRef<E>(null);
  useEffect(() => {
    if (state !== null)
      root.current?.querySelector<HTMLElement>('[data-form-message], [aria-invalid="true"]')?.focus();
  }, [state]);
  return root;
};
