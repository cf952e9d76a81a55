/** `npm run keys -w auth -- <folder> [--rotate | --retire]`: makes the keys that sessions are signed with. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { keepKeyFiles } from './key-files.ts';
import { retire, rotate } from './signing-keys.ts';

const USAGE = `Usage: npm run keys -w auth -- <folder> [--rotate | --retire]

  <folder>   gets private.jwks.json (SESSION_PRIVATE_KEYS, for auth alone)
             and public.jwks.json (SESSION_PUBLIC_KEYS, for the other services);
             keys that are there already stay
  --rotate   a new key signs from now on, the old ones still verify;
             give the public set to the other services before auth restarts
  --retire   the old keys go, 30 days after a rotation or when one was stolen;
             whoever has not been back since is signed out
`;

const readArguments = () => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { rotate: { type: 'boolean' }, retire: { type: 'boolean' } },
    });
    const [folder] = positionals;
    if (folder === undefined || positionals.length > 1 || (values.rotate && values.retire)) return undefined;
    return { folder, change: values.rotate ? rotate : values.retire ? retire : undefined };
  } catch {
    return undefined;
  }
};

const asked = readArguments();
if (asked === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  try {
    // npm runs scripts in the workspace's folder; a relative path means where the person is.
    const folder = path.resolve(process.env.INIT_CWD ?? '.', asked.folder);
    const { privateFile, publicFile } = await keepKeyFiles(folder, asked.change);
    process.stdout.write(`SESSION_PRIVATE_KEYS=${privateFile}\nSESSION_PUBLIC_KEYS=${publicFile}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
