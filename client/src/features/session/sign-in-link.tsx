'use client';
import Link from 'next/link';
import { usePathname, useSearchParams } from 'next/navigation';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { isSigningIn, signInPath } from './return-path.ts';

/** To signing in, and back to this page; not on the pages where one is about to. */
export const SignInLink = () => {
  const path = usePathname();
  const query = useSearchParams().toString();
  if (isSigningIn(path)) return null;
  return (
    <Link
      href={signInPath(query === '' ? path : `${path}?${query}`)}
      prefetch={false}
      className={button.quiet}
    >
      {texts.shop.nav.signIn}
    </Link>
  );
};
