'use client';
import { usePathname, useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { isSigningIn } from './return-path.ts';

/**
 * Stands in the shell of who is signed in. A shell outlives its pages, and whoever is signed in never stays where one
 * signs in: so there it is the shell that has not heard yet, and is rendered anew.
 */
export const EndedSession = () => {
  const router = useRouter();
  const isOver = isSigningIn(usePathname());
  useEffect(() => {
    if (isOver) router.refresh();
  }, [isOver, router]);
  return null;
};
