import Link from 'next/link';
import { BlankSlip } from '../../shared/strip/blank-slip.tsx';
import { button } from '../../shared/ui/button.ts';

interface NothingYetProps {
  readonly title: string;
  readonly text: string;
  readonly verb?: { readonly href: string; readonly label: string } | undefined;
}

/** Where nothing is written yet: a slip to be filled, and how. */
export const NothingYet = ({ title, text, verb }: NothingYetProps) => (
  <BlankSlip>
    <h2 className="title regular text-xl">{title}</h2>
    <p className="mt-2">{text}</p>
    {verb !== undefined && (
      <p className="mt-4">
        <Link href={verb.href} className={button.onCounter}>
          {verb.label}
        </Link>
      </p>
    )}
  </BlankSlip>
);
