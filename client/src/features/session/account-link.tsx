'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { OWN_PATH } from '../../shared/person/person-path.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';

const { nav } = texts.shop;

/** To one's own profile: by one's email where there is room for it, which only oneself ever sees. */
export const AccountLink = ({ email }: { email: string }) => (
  <Link
    href={OWN_PATH}
    prefetch={false}
    aria-current={usePathname() === OWN_PATH ? 'page' : undefined}
    className={`${button.quiet} aria-[current]:font-bold aria-[current]:decoration-2`}
  >
    <span className="xl:sr-only">{nav.profile}</span>
    <span className="sr-only">, {nav.signedInAs('')}</span>
    <span className="sr-only xl:not-sr-only xl:max-w-48 xl:truncate">{email}</span>
  </Link>
);
