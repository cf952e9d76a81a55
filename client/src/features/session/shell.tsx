import Link from 'next/link';
import type { ReactNode } from 'react';
import { Navigation } from '../../shared/shell/navigation.tsx';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { AccountLink } from './account-link.tsx';
import { signOut } from './actions.ts';
import { visitor } from './current-user.ts';
import { EndedSession } from './ended-session.tsx';
import { SignInLink } from './sign-in-link.tsx';

/** What stands around every page. On phones the navigation is a bar at the bottom, under the thumb. */
export const Shell = async ({ children }: { children: ReactNode }) => {
  const user = await visitor();
  const { nav } = texts.shop;
  return (
    <div className="mx-auto flex min-h-dvh max-w-[1280px] flex-col px-4 pb-24 sm:px-6 sm:pb-16 lg:px-12">
      <a
        href="#content"
        className="absolute left-4 top-0 z-20 -translate-y-full bg-ink px-4 py-3 text-paper focus:translate-y-0 forced-colors:border"
      >
        {texts.shop.skip}
      </a>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 py-4 sm:gap-x-4 sm:py-5 lg:gap-x-6">
        <Link
          href="/"
          className="title wide text-lg max-sm:text-[clamp(1rem,4.9vw,1.25rem)] max-[359px]:regular lg:text-[1.5rem]"
        >
          {texts.shop.name}
        </Link>
        <Navigation signedIn={user !== null} />
        <div className="ml-auto flex items-center gap-3 sm:gap-4">
          {user === null ? (
            <SignInLink />
          ) : (
            <>
              <EndedSession />
              <AccountLink email={user.email} />
              <form action={signOut}>
                <button type="submit" className={button.quiet}>
                  {nav.signOut}
                </button>
              </form>
            </>
          )}
        </div>
      </header>
      <main id="content" tabIndex={-1} className="flex-1 outline-none">
        {children}
      </main>
    </div>
  );
};
