export { type Changes, type Migration, migrating } from './migrate.ts';
