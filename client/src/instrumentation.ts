/** When the server starts: bad settings end it at once, with all of them named, and not at the first visit. */
export const register = async (): Promise<void> => {
  if (process.env.NEXT_RUNTIME === 'nodejs') await import('./check-config.ts');
};
