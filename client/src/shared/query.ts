/** The query of a page's URL, as Next gives it. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A parameter that stands there once; one that is there more often, or empty, is none. */
export const single = (value: Query[string]): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
