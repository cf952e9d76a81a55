/**
 * Loaded before a program. In place of a service's `restored` it prints what that was given, in one line of JSON, and
 * ends; other programs run.
 */
import { writeSync } from 'node:fs';
import path from 'node:path';

const [, main = '', ...args] = process.argv;
if (path.basename(main) === 'restored.js') {
  const settings = Object.fromEntries(
    Object.entries(process.env).filter(([name]) =>
      /^(TRANSPORT|DEPLOYMENT|NATS_.*|STRIPE_.*|.*MONGO_URL|.*REDIS_URL)$/.test(name),
    ),
  );
  const program = main.split(path.sep).slice(-3).join('/');
  writeSync(1, JSON.stringify({ main: program, args, settings }));
  process.exit(0);
}
