import { fileURLToPath } from 'node:url';
import type { ServiceRow } from '../../supervisor/index.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** A run of two small services, behind the routes of tickets and auth. */
export const notesRows: readonly ServiceRow[] = ['tickets', 'auth'].map((name) => ({
  name,
  folder,
  main: 'notes.mjs',
  needs: ['mongo', 'broker'],
  readyPath: '/readyz',
  env: () => ({ NAME: name }),
}));
