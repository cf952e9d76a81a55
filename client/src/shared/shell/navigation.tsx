'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { texts } from '../texts/index.ts';

const { nav } = texts.shop;

/** Where one can go: a bar at the bottom of a phone, a line beside the name elsewhere. */
export const Navigation = ({ signedIn }: { signedIn: boolean }) => {
  const here = usePathname();
  const places = [
    { href: '/', label: nav.tickets, short: nav.tickets },
    { href: '/community', label: nav.community, short: nav.community, hasPages: true },
    { href: '/orders', label: nav.orders, short: nav.orders },
    ...(signedIn ? [{ href: '/tickets/mine', label: nav.mine, short: nav.mine }] : []),
    { href: '/tickets/new', label: nav.sell, short: nav.sellShort },
  ];
  return (
    <nav
      aria-label={nav.label}
      className="max-sm:fixed max-sm:inset-x-0 max-sm:bottom-0 max-sm:z-10 max-sm:border-t max-sm:border-line max-sm:bg-counter max-sm:pb-[env(safe-area-inset-bottom)]"
    >
      <ul className="flex max-sm:justify-around sm:gap-4 lg:gap-6">
        {places.map(({ href, label, short, hasPages = false }) => (
          <li key={href} className="max-sm:flex-auto">
            <Link
              href={href}
              aria-current={
                here === href ? 'page' : hasPages && here.startsWith(`${href}/`) ? 'true' : undefined
              }
              className="flex min-h-11 items-center justify-center decoration-2 underline-offset-8 hover:underline aria-[current]:font-bold aria-[current]:underline max-sm:min-h-14 max-sm:px-1 max-sm:text-center max-sm:text-[0.875rem]"
            >
              <span className="max-sm:hidden">{label}</span>
              <span className="sm:hidden">{short}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
};
