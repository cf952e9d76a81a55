/** The fields of `T`, each of which has to be said: `undefined` where an optional one is left out. */
export type EveryField<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? T[K] | undefined : T[K];
};

/** Those that have a value. */
export const withoutUndefined = (fields: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/**
 * A state of which every field is said, without those that are undefined. One that its type has got, and that is not said
 * here, does not compile: left out in silence, nobody would ever keep it, or hear of it.
 */
export const everyField = <T extends object>(fields: EveryField<T>): T => withoutUndefined(fields) as T;
