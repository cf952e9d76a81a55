import Link from 'next/link';
import { type ReactNode, useId } from 'react';
import { Strip } from '../strip/strip.tsx';
import { widthOf } from '../strip/title.ts';
import { button } from './button.ts';

export interface NoticeProps {
  readonly title: string;
  readonly text: ReactNode;
  /** Where to go from here: one verb. */
  readonly verb?: { readonly href: string; readonly label: string };
  /** The same, where it is a button. */
  readonly again?: ReactNode;
  /** What else can be done; forms. */
  readonly children?: ReactNode;
  /** Something went wrong: the strip is there, but was folded. */
  readonly creased?: boolean;
  /** `h2` where the page has a title besides. */
  readonly heading?: 'h1' | 'h2';
}

/** What is shown where there is nothing to show but why: an outlined blank strip, and one verb, on its stub. */
export const Notice = ({
  title,
  text,
  verb,
  again,
  children,
  creased = false,
  heading: Heading = 'h1',
}: NoticeProps) => {
  const id = useId();
  return (
    <Strip
      as="section"
      tear={creased ? 'intact' : 'outline'}
      creased={creased}
      large
      aria-labelledby={id}
      className="mt-2"
      stub={
        <div className="mt-auto w-full">
          {verb === undefined ? (
            again
          ) : (
            <Link
              href={verb.href}
              className={`${creased ? button.onStock : button.onCounter} w-full text-center sm:min-h-14`}
            >
              {verb.label}
            </Link>
          )}
        </div>
      }
    >
      <Heading id={id} className={`title text-large ${widthOf(title)}`}>
        {title}
      </Heading>
      <p className="max-w-prose sm:text-lg">{text}</p>
      {children !== undefined && <div className="mt-auto">{children}</div>}
    </Strip>
  );
};
