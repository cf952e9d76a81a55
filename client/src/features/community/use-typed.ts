'use client';
import { type RefObject, useEffect, useState } from 'react';

/** What stands in a form's field `text` by now; what was typed before the page was alive as well. */
export const useTyped = (
  form: RefObject<HTMLFormElement | null>,
  initial: string,
): [string, (typed: string) => void] => {
  const [typed, setTyped] = useState(initial);
  useEffect(() => {
    const field = form.current?.elements.namedItem('text');
    if (field instanceof HTMLTextAreaElement) setTyped(field.value);
  }, [form]);
  return [typed, setTyped];
};
