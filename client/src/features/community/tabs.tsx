import Link from 'next/link';
import { texts } from '../../shared/texts/index.ts';
import { feedPath, type Which } from './which.ts';

const { tabs } = texts.community;

const choices: readonly { readonly which: Which; readonly label: string }[] = [
  { which: {}, label: tabs.everybody },
  { which: { feed: 'following' }, label: tabs.following },
];

/** Whose posts one sees. @param here of the page; undefined where it is neither */
export const Tabs = ({ here }: { here: string | undefined }) => (
  <nav aria-label={tabs.label}>
    <ul className="flex flex-wrap gap-x-6 sm:text-lg">
      {choices.map(({ which, label }) => (
        <li key={label}>
          <Link
            href={feedPath(which)}
            prefetch={false}
            aria-current={feedPath(which) === here ? 'page' : undefined}
            className="flex min-h-11 items-center underline decoration-1 underline-offset-6 hover:decoration-2 aria-[current]:font-bold aria-[current]:decoration-2"
          >
            {label}
          </Link>
        </li>
      ))}
    </ul>
  </nav>
);
