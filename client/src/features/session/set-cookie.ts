/** A `Set-Cookie` line of auth's, read. */
interface SetCookie {
  readonly name: string;
  /** Without the padding of its base64. */
  readonly value: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly expires: Date | undefined;
}

/**
 * The line without the padding of its value, which is base64. Next writes cookies percent-encoded, and the padding is all
 * that there is to encode, since a session is ASCII without `>`, `?` and `~`. It is read as well without, so the cookie is
 * the same wherever it comes from.
 */
export const withoutPadding = (line: string): string => line.replace(/^([^=;]+=[^=;]*)=+(?=;|$)/, '$1');

/** Reads a `Set-Cookie` line, without the padding of its value. */
export const parseSetCookie = (line: string): SetCookie => {
  const [pair = '', ...attributes] = withoutPadding(line).split(/;\s*/);
  const at = pair.indexOf('=');
  const has = (name: string) => attributes.some((each) => each.toLowerCase() === name);
  const attribute = (name: string) =>
    attributes.find((each) => each.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
  const expires = attribute('expires');
  return {
    name: pair.slice(0, at),
    value: pair.slice(at + 1),
    path: attribute('path') ?? '/',
    httpOnly: has('httponly'),
    secure: has('secure'),
    expires: expires === undefined ? undefined : new Date(expires),
  };
};

/** The visitor's `Cookie` header as it will be once their browser has heard these `Set-Cookie` lines. */
export const withCookies = (header: string, setCookies: readonly SetCookie[], now: Date): string => {
  const cookies = new Map<string, string>();
  for (const pair of header.split(/;\s*/)) {
    const at = pair.indexOf('=');
    if (at > 0) cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
  for (const { name, value, expires } of setCookies) {
    if (value === '' || (expires !== undefined && expires <= now)) cookies.delete(name);
    else cookies.set(name, value);
  }
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
};
