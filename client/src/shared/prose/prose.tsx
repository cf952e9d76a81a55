import { splitLinks } from './links.ts';

/** What somebody wrote: text and nothing else, in its own direction, with its line breaks and its links. */
export const Prose = ({ text, className = '' }: { text: string; className?: string }) => (
  <p
    dir="auto"
    className={`whitespace-pre-line text-start wrap-anywhere [unicode-bidi:plaintext] ${className}`}
  >
    {splitLinks(text).map((part, at) =>
      part.kind === 'text' ? (
        part.text
      ) : (
        <a
          key={at}
          href={part.href}
          dir="ltr"
          rel="ugc nofollow noopener"
          className="underline decoration-1 underline-offset-4 hover:decoration-2"
        >
          {part.text}
        </a>
      ),
    )}
  </p>
);
