'use client';
import { useEffect, useEffectEvent } from 'react';

const shown = new WeakSet<object>();

/**
 * Calls back when the visitor comes back to a page that was shown before and may be out of date: by the router, which
 * shows the page again as the server rendered it then, or by the browser, which keeps whole pages (back/forward cache).
 * @param rendered the server's own object, another one each time it renders
 */
export const useReturn = (rendered: object, onReturn: () => void): void => {
  const call = useEffectEvent(onReturn);
  useEffect(() => {
    if (shown.has(rendered)) call();
    shown.add(rendered);
    const ending = new AbortController();
    window.addEventListener('pageshow', ({ persisted }) => persisted && call(), { signal: ending.signal });
    return () => ending.abort();
  }, [rendered]);
};
