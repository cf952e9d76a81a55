'use client';
import { useEffect, useState } from 'react';

/**
 * The Idempotency-Key of a form's first press. One key makes all presses of one form one effect; a page that is left and
 * come back to is not rendered anew, but what is sent from it then is meant anew, and has a key of its own.
 * @param made by the server, for who presses before the page is alive
 */
export const useAttempt = (made: string): { readonly key: string; readonly isAlive: boolean } => {
  const [mounted, setMounted] = useState('');
  useEffect(() => setMounted(`.${Date.now().toString(36)}`), []);
  return { key: `${made}${mounted}`, isAlive: mounted !== '' };
};
