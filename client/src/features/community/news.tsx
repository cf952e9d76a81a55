'use client';
import { useEffect, useRef } from 'react';

interface NewsProps {
  /** What has just been done, in words. */
  readonly text: string | undefined;
  /** The element that it is about, if it is on the page. */
  readonly anchor: string | undefined;
  /** Of the page, without the news. */
  readonly path: string;
  /** Of the server's render: another one each time. */
  readonly asOf: number;
}

/** Says what has just been done, and leads there. Said once, and not again when the page is loaded anew. */
export const News = ({ text, anchor, path, asOf }: NewsProps) => {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (text === undefined) return;
    window.history.replaceState(window.history.state, '', path);
    const about = anchor === undefined ? null : document.getElementById(anchor);
    (about ?? line.current)?.focus();
  }, [text, anchor, path, asOf]);
  return (
    <p ref={line} role="status" tabIndex={-1} className="font-semibold outline-none not-empty:mb-4">
      {text}
    </p>
  );
};
