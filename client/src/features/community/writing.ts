/** What the forms of writing need: how much there is room for, and why something was refused. Pure. */
import type { ErrorCode } from '@ticketing/common/errors';
import type { ApiError } from '../../shared/api/api-error.ts';
import type { Post } from '../../shared/api/types.ts';
import { formatWait } from '../../shared/format.ts';
import { texts } from '../../shared/texts/index.ts';
import type { FormState } from '../../shared/ui/form-state.ts';
import { sayRefusal } from '../../shared/ui/say-refusal.ts';

/** Most characters, as people count them. */
export const MOST = { post: 1_000, comment: 500 } as const;

/** For so long a post can be changed, in milliseconds, as the service has it. */
const EDITABLE_MS = 15 * 60_000;

/** Until when a post can be changed, in milliseconds since 1970. */
export const editableUntil = ({ createdAt }: Pick<Post, 'createdAt'>): number =>
  Date.parse(createdAt) + EDITABLE_MS;

export interface WriteState extends FormState<'text'> {
  /** Idempotency-Key of the next press: the same one until there is an answer. None before the first press. */
  readonly key?: string;
  /** The session is over: sign in elsewhere, and press again. */
  readonly isSignedOut?: boolean;
}

export const untouched: WriteState = { values: {}, errors: {} };

/** How many more characters there is room for, as the service counts; below zero: too many. */
export const countLeft = (typed: string, most: number): number =>
  most -
  [
    ...typed
      .replace(/\r\n?/g, '\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
  ].length;

/** What is told while one types to who does not see the count: only near the end, and then not at each letter. */
export const leftToSay = (left: number): number | undefined => {
  if (left < 0) return -1;
  return [0, 10, 20, 50, 100].find((step) => left <= step);
};

export type Doing = 'post' | 'comment' | 'edit' | 'delete' | 'like';

const { refused: say } = texts.community;

const messages: Partial<Record<ErrorCode, string>> = {
  too_late_to_edit: say.tooLate,
  profile_hidden: say.hidden,
  not_found: say.gone,
  not_yours: say.notYours,
  idempotency_key_reused: say.sentBefore,
};

const tooMany = {
  post: say.tooManyPosts,
  comment: say.tooManyComments,
  edit: say.tooManyChanges,
  delete: say.tooManyChanges,
  like: say.tooManyLikes,
} as const satisfies Record<Doing, (wait: string) => string>;

/** In words, why the service did not do it. */
export const sayNot = (doing: Doing, error: ApiError): string => {
  if (error.is('too_many_requests')) return tooMany[doing](formatWait(error.retryAfter ?? 60));
  const known = error.lines.flatMap(({ code }) => (code === undefined ? [] : (messages[code] ?? [])))[0];
  return known ?? sayRefusal(error);
};

/** Why a text was not taken: at the field, or as a whole. */
export const refusedText = (
  doing: 'post' | 'comment' | 'edit',
  error: ApiError,
): Omit<WriteState, 'values' | 'key'> => {
  if (error.lines.some(({ field }) => field === 'text'))
    return { errors: { text: doing === 'comment' ? say.comment : say.post } };
  return {
    errors: {},
    message: sayNot(doing, error),
    ...(error.is('not_signed_in') ? { isSignedOut: true } : {}),
  };
};
