import type { Refusal } from '../errors/index.ts';

/**
 * What a pure decision answers: `decide(state, command, now) → Decision`. `S` is the aggregate's state, `E` the types
 * of event its service publishes.
 */
export type Decision<S, E> =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly next: S; readonly event: E | undefined }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'put off'; readonly until: Date };

/** Nothing to do: late, repeated, or already so. */
export const unchanged = { kind: 'unchanged' } as const;

/**
 * The state that follows, and the event that tells of it, if it is one that others should hear of. The version is
 * counted by `commit`.
 */
export const change = <S, E = never>(next: S, event?: E) => ({ kind: 'changed', next, event }) as const;

/** Not allowed; the refusal says why, by name. */
export const refuse = (refusal: Refusal) => ({ kind: 'refused', refusal }) as const;

/** Too early: to be decided again at `until`. */
export const putOff = (until: Date) => ({ kind: 'put off', until }) as const;
