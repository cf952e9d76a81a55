import { readServiceUrls } from './config.ts';

try {
  readServiceUrls();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
