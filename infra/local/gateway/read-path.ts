/**
 * The elements of a request's path, decoded; undefined where the path can be read in two ways: with a `.` or
 * `..`, an empty element, an encoded slash or a backslash, a control character or a broken encoding. Whoever is
 * behind us might read another path in it than we did, and then `/api/tickets/..%2Fmetrics` would lead where no
 * route does. Nothing of ours has such a path, so it is refused instead of repaired.
 *
 * @param target the request target, as in the request line
 */
export const readPath = (target: string): readonly string[] | undefined => {
  // Anything else (`http://…`, `*`) is for forward proxies and servers as a whole.
  if (!target.startsWith('/')) return undefined;
  const [path = ''] = target.split('?', 1);
  const elements: string[] = [];
  for (const raw of path.slice(1).split('/')) {
    const element = decode(raw);
    if (element === undefined || /^\.{1,2}$|[/\\#]|\p{Cc}/u.test(element)) return undefined;
    elements.push(element);
  }
  // A slash at the end makes an empty last element, and `/` is nothing else.
  return elements.slice(0, -1).includes('') ? undefined : elements;
};

const decode = (element: string): string | undefined => {
  try {
    return decodeURIComponent(element);
  } catch {
    return undefined;
  }
};
