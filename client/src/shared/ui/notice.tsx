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
  /** What else can be done; forms, buttons. */
  readonly children?: ReactNode;
  /** Something went wrong: the strip is there, but was folded. */
  readonly creased?: boolean;
  /** `h2` where the page has a title besides. */
  readonly heading?: 'h1' | 'h2';
}

/** What is shown where there is nothing to show but why: an outlined blank strip, and one verb. */
export const Notice = ({
  title,
  text,
  verb,
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
      aria-labelledby={id}
      className="mt-4 max-w-3xl"
      stub={<span aria-hidden="true" />}
    >
      <Heading id={id} className={`title text-xl ${widthOf(title)}`}>
        {title}
      </Heading>
      <p className="max-w-prose">{text}</p>
      <div className="mt-auto flex flex-wrap items-center gap-x-6 gap-y-2 pt-2">
        {verb && (
          <Link href={verb.href} className={creased ? button.onStock : button.onCounter}>
            {verb.label}
          </Link>
        )}
        {children}
      </div>
    </Strip>
  );
};
