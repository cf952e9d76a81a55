import Link from 'next/link';
import type { Person } from '../api/types.ts';
import { Mark } from './mark.tsx';
import { personPath } from './person-path.ts';

/** Who it is, on one line where there is room: mark, name and handle, which lead to the profile. */
export const PersonLine = ({ person: { userId, handle, name } }: { person: Person }) => (
  <Link
    href={personPath(handle)}
    prefetch={false}
    className="group inline-flex min-h-11 max-w-full flex-wrap items-center gap-x-2.5 py-1"
  >
    <Mark userId={userId} />
    {/* A space for who hears it. */}
    <bdi className="min-w-0 font-bold wrap-anywhere underline-offset-4 group-hover:underline">{name}</bdi>{' '}
    <span className="font-mono text-xs">@{handle}</span>
  </Link>
);
