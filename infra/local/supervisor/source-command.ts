import path from 'node:path';
import { root } from '../setup.mjs';
import type { ServiceRow } from './services.ts';

const TSX = path.join(root, 'node_modules/tsx/dist/cli.mjs');

/**
 * What node runs to have a service from its sources, and anew whenever one of them changes: its own, and those of
 * `common`, which this condition makes it import instead of the compiled ones.
 */
export const sourceCommand = (row: ServiceRow, port: number): readonly string[] =>
  row.dev?.(port) ?? [TSX, 'watch', '--clear-screen=false', '--conditions=ticketing-source', 'src/main.ts'];
