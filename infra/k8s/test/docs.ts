import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * What stands under a heading (`## …`) of a page of docs/.
 * @throws where the page has no such heading
 */
export const sectionOf = (page: string, heading: string): string => {
  const text = readFileSync(fileURLToPath(new URL(`../../../docs/${page}`, import.meta.url)), 'utf8');
  const [, rest] = text.split(`\n## ${heading}\n`);
  if (rest === undefined) throw new Error(`docs/${page} has no section “${heading}”`);
  return rest.split('\n## ')[0] ?? '';
};
