import Link from 'next/link';
import { texts } from '../../shared/texts/index.ts';
import { shopPath, sorts, type TicketQuery } from './query.ts';

/** In which order the list is. */
export const SortLinks = ({ query: { q, sort } }: { query: TicketQuery }) => (
  <nav aria-label={texts.tickets.sort.label}>
    <ul className="flex gap-5">
      {sorts.map((each) => (
        <li key={each}>
          <Link
            href={shopPath({ q, sort: each })}
            replace
            scroll={false}
            prefetch={false}
            aria-current={each === sort ? 'true' : undefined}
            className="flex min-h-11 items-center decoration-2 underline-offset-6 hover:underline aria-[current]:font-bold aria-[current]:underline"
          >
            {texts.tickets.sort[each]}
          </Link>
        </li>
      ))}
    </ul>
  </nav>
);
