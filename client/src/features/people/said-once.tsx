'use client';
import { type ReactNode, useEffect } from 'react';

/** What has just been done, in words: said once, and not again when the page is loaded anew. */
export const SaidOnce = ({ children }: { children: ReactNode }) => {
  const isSaid = children !== undefined;
  useEffect(() => {
    if (isSaid) window.history.replaceState(window.history.state, '', window.location.pathname);
  }, [isSaid]);
  return (
    <div role="status" className="font-semibold">
      {isSaid && <p className="mb-4">{children}</p>}
    </div>
  );
};
