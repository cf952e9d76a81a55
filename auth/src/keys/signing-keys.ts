/**
 * The keys that sessions are signed with: ES256, as a JSON Web Key Set (RFC 7517). The first one signs; the others only
 * verify what they once signed, so that a new key signs nobody out.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import { z } from 'zod';

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

const publicPart = {
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: coordinate,
  y: coordinate,
  kid: z.string().min(1).max(128),
};
/** Without `d` where a key only verifies. What else a JWK may say is left out. */
const keySchema = z.object({ ...publicPart, d: coordinate.optional() });
type SessionKey = z.infer<typeof keySchema>;
type SigningKey = SessionKey & { readonly d: string };

export interface SigningKeys {
  readonly keys: readonly [SigningKey, ...SessionKey[]];
}

/** A JWK that every party may know. */
export interface PublicKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
}

/** The name of a key: its thumbprint (RFC 7638), so that the same key has the same name everywhere. */
const thumbprint = ({ crv, kty, x, y }: Pick<PublicKey, 'crv' | 'kty' | 'x' | 'y'>): string =>
  // The members that make the key, in this order and without spaces, as the RFC wants them.
  createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');

const newKey = (): SigningKey => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y, d } = z
    .object({ x: coordinate, y: coordinate, d: coordinate })
    .parse(privateKey.export({ format: 'jwk' }));
  const key = { kty: 'EC', crv: 'P-256', x, y } as const;
  return { ...key, d, kid: thumbprint(key) };
};

/** A set with one new key. */
export const newSigningKeys = (): SigningKeys => ({ keys: [newKey()] });

/** A new key signs from now on; those before it verify what they signed. */
export const rotate = ({ keys }: SigningKeys): SigningKeys => ({ keys: [newKey(), ...keys] });

/** Only the key that signs remains: whoever has not been back since it came is signed out. */
export const retire = ({ keys }: SigningKeys): SigningKeys => ({ keys: [keys[0]] });

/** What the other services verify with. */
export const publicKeySet = ({ keys }: SigningKeys): { keys: PublicKey[] } => ({
  keys: keys.map(({ kty, crv, x, y, kid }) => ({ kty, crv, x, y, kid })),
});

/** Whether the private half belongs to the public one: a pair mixed up would sign what nobody can verify. */
const isPair = ({ d, ...publicHalf }: SessionKey): boolean => {
  try {
    const publicKey = createPublicKey({ key: publicHalf, format: 'jwk' });
    if (d === undefined) return true;
    const probe = Buffer.from('ticketing.dev');
    const signature = sign('sha256', probe, createPrivateKey({ key: { ...publicHalf, d }, format: 'jwk' }));
    return verify('sha256', probe, publicKey, signature);
  } catch {
    return false;
  }
};

/** A set of keys of which the first can sign. */
export const signingKeysSchema = z
  .object({ keys: z.array(keySchema).min(1) })
  .refine(({ keys }) => keys.every(isPair), 'holds a key whose halves do not belong together')
  .refine(
    ({ keys }) => new Set(keys.map((key) => key.kid)).size === keys.length,
    'holds two keys of the same kid',
  )
  .transform(({ keys }, context): SigningKeys => {
    const [first, ...others] = keys;
    if (first?.d !== undefined) return { keys: [{ ...first, d: first.d }, ...others] };
    context.addIssue({ code: 'custom', message: 'begins with a key that cannot sign' });
    return z.NEVER;
  });
