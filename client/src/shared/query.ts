/** The query of a page's URL, as Next gives it. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A parameter that stands there once; one that is there more often, or empty, is none. */
export const single = (value: Query[string]): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A path with more in its query; what is undefined or empty is left out. */
export const withQuery = (path: string, more: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(more).filter((each): each is [string, string] => Boolean(each[1]));
  if (given.length === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(given)}`;
};
