import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { signingKeysSchema } from './signing-keys.ts';

const HOW = 'make one with npm run keys -w auth -- <folder>';

/** `SESSION_PRIVATE_KEYS`: a JWKS of private ES256 keys as JSON, or the path of a file that holds it. */
export const signingKeysSetting = z.string().transform((value, context) => {
  const refuse = (why: string) => {
    // Nothing of the value is told: it is a secret, and zod or JSON.parse would quote it.
    context.addIssue({ code: 'custom', message: `${why}; ${HOW}` });
    return z.NEVER;
  };
  let json: unknown;
  try {
    json = JSON.parse(value.trimStart().startsWith('{') ? value : readFileSync(value, 'utf8'));
  } catch {
    return refuse('must be a JWKS of ES256 keys, or the path of one');
  }
  const parsed = signingKeysSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const reason = parsed.error.issues.find((issue) => issue.code === 'custom')?.message;
  return refuse(reason ?? 'must be a JWKS of ES256 keys, the first of them private, each with its kid');
});
