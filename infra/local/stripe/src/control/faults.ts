import { z } from 'zod';

const countdown = z.number().int().min(1).max(1_000_000).default(1);

/** Which calls a fault is for; without it, any. */
const aim = {
  method: z.enum(['GET', 'POST']).optional(),
  // As /v1/payment_intents/*/capture: a * is any one part.
  path: z
    .string()
    .regex(/^\/v1(\/[\w*]+)+$/, 'must be a path such as /v1/payment_intents/*/capture')
    .optional(),
};

const failure = z
  .strictObject({
    status: z.union([400, 402, 429, 500, 502, 503, 504].map((status) => z.literal(status))),
    count: countdown,
    ...aim,
    /** `after`: the work is done all the same. */
    when: z.enum(['before', 'after']).default('before'),
    code: z.string().max(100).optional(),
    declineCode: z.string().max(100).optional(),
    message: z.string().max(500).optional(),
  })
  .refine(({ status, when }) => when === 'before' || status >= 500, {
    path: ['when'],
    message: 'only a 5xx can come after the work was done',
  });

const loss = z.strictObject({
  count: countdown,
  ...aim,
  /** `silence`: the connection stays open, and no answer comes. */
  by: z.enum(['cutting', 'silence']).default('cutting'),
});

export const webhookModes = ['normal', 'twice', 'late', 'never', 'reordered'] as const;
export type WebhookMode = (typeof webhookModes)[number];

/** One, or several. */
export const asList = (given: unknown): unknown =>
  given === undefined || given === null || Array.isArray(given) ? given : [given];

/** What `POST /control` changes; a field that is not given stays as it is. */
export const faultChanges = {
  /** Back to no faults, before anything else given is applied. */
  reset: z.literal(true).optional(),
  /** Time that each call takes. */
  latencyMs: z.number().int().min(0).max(120_000).optional(),
  /** One or several; null for none. */
  failNext: z.preprocess(asList, z.array(failure).max(100).nullable().optional()),
  loseAnswers: z.preprocess(asList, z.array(loss).max(100).nullable().optional()),
  webhooks: z.enum(webhookModes).optional(),
  /** How late webhooks are when `late`; the span within which they are put in reverse when `reordered`. */
  lateMs: z.number().int().min(0).max(3_600_000).optional(),
};

export type Failure = z.output<typeof failure>;
export type Loss = z.output<typeof loss>;

export interface Faults {
  latencyMs: number;
  /** Those still to come. */
  failNext: Failure[];
  loseAnswers: Loss[];
  webhooks: WebhookMode;
  lateMs: number;
}

export const noFaults = (): Faults => ({
  latencyMs: 0,
  failNext: [],
  loseAnswers: [],
  webhooks: 'normal',
  lateMs: 3_000,
});

type Aim = Pick<Failure, 'method' | 'path'>;

const isAimedAt = (fault: Aim, method: string, path: string): boolean => {
  if (fault.method !== undefined && fault.method !== method) return false;
  if (fault.path === undefined) return true;
  const [wanted, parts] = [fault.path.split('/'), path.split('/')];
  return wanted.length === parts.length && wanted.every((part, i) => part === '*' || part === parts[i]);
};

/** Takes one off the first fault that is for this call. */
const takeOne = <F extends Aim & { count: number }>(
  faults: F[],
  isFor: (fault: F) => boolean,
): F | undefined => {
  const found = faults.find(isFor);
  if (found === undefined) return undefined;
  found.count -= 1;
  if (found.count === 0) faults.splice(faults.indexOf(found), 1);
  return { ...found };
};

/** Too many requests: said before anything else, and kept under no key. */
export const nextRateLimit = ({ failNext }: Faults, method: string, path: string): Failure | undefined =>
  takeOne(failNext, (fault) => fault.status === 429 && isAimedAt(fault, method, path));

/** A failure of the call itself. */
export const nextFailure = ({ failNext }: Faults, method: string, path: string): Failure | undefined =>
  takeOne(failNext, (fault) => fault.status !== 429 && isAimedAt(fault, method, path));

export const nextLoss = ({ loseAnswers }: Faults, method: string, path: string): Loss | undefined =>
  takeOne(loseAnswers, (fault) => isAimedAt(fault, method, path));
