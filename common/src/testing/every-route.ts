import { type Route, sessionCookieName, sessionCookieValue } from '../http/index.ts';
import { newId } from './builders.ts';

/** What a route answered to somebody, as far as browsers and caches go by it. */
export interface RouteAnswer {
  /** `get /api/tickets/:id` */
  readonly route: string;
  readonly status: number;
  readonly body: string;
  readonly setCookie: readonly string[];
  /** A cache on the way may keep it, and give it to anybody else. */
  readonly shareable: boolean;
}

export interface Asked {
  /** What stands in the place of every `:id`; else an id that nothing has. */
  readonly id?: string;
  /** What everything but GET is sent: all that any of the routes wants. */
  readonly body?: object;
}

const lists = (header: string | null, ...words: readonly string[]): boolean =>
  (header ?? '').split(',').some((word) => words.includes(word.trim().toLowerCase()));

type Row = Pick<Route, 'method' | 'path'>;

const askRoute = async (
  url: string,
  { method, path }: Row,
  cookie: string | undefined,
  { id = newId(), body }: Asked,
): Promise<RouteAnswer> => {
  const hasBody = method !== 'get' && body !== undefined;
  const response = await fetch(`${url}${path.replaceAll(/:\w+/g, id)}`, {
    method: method.toUpperCase(),
    headers: {
      ...(cookie === undefined ? {} : { Cookie: cookie }),
      ...(hasBody ? { 'Content-Type': 'application/json' } : {}),
    },
    ...(hasBody ? { body: JSON.stringify(body) } : {}),
  });
  return {
    route: `${method} ${path}`,
    status: response.status,
    body: await response.text(),
    setCookie: response.headers.getSetCookie(),
    shareable:
      !lists(response.headers.get('cache-control'), 'private', 'no-store') &&
      !lists(response.headers.get('vary'), 'cookie', '*'),
  };
};

/** Asks for each row of a service's table, in their order, so that a new row is asked for by itself. */
export const askEveryRoute = async (
  url: string,
  table: readonly Row[],
  cookie: string | undefined,
  asked: Asked,
): Promise<RouteAnswer[]> => {
  const answers: RouteAnswer[] = [];
  for (const row of table) answers.push(await askRoute(url, row, cookie, asked));
  return answers;
};

/** What depends on who asks: all answers of those routes that answer one of these cookies otherwise than another. */
export const personalAnswers = async (
  url: string,
  table: readonly Row[],
  cookies: readonly (string | undefined)[],
  asked: Asked,
): Promise<RouteAnswer[]> => {
  const personal: RouteAnswer[] = [];
  for (const row of table) {
    const answers: RouteAnswer[] = [];
    for (const cookie of cookies) answers.push(await askRoute(url, row, cookie, asked));
    if (new Set(answers.map(({ status, body }) => `${status} ${body}`)).size > 1) personal.push(...answers);
  }
  return personal;
};

const NAME = sessionCookieName(false);

/** The Cookie headers by which one and the same token may come: as auth sets it, and as clients keep and send it. */
export const readableCookies = (token: string): Record<string, string> => {
  const value = sessionCookieValue(token);
  const bare = value.replace(/=+$/, '');
  const respaced = Buffer.from(`{ "jwt" : "${token}" }\n`).toString('base64');
  return {
    padded: `${NAME}=${value}`,
    bare: `${NAME}=${bare}`,
    'percent-encoded': `${NAME}=${encodeURIComponent(value)}`,
    quoted: `${NAME}="${value}"`,
    'with other spaces in its JSON': `${NAME}=${respaced}`,
    'with other spaces around it': `theme=dark;   ${NAME}=${bare} ;lang=en`,
    'with something else beside the token': `${NAME}=${Buffer.from(
      JSON.stringify({ theme: 'dark', jwt: token }),
    ).toString('base64')}`,
    twice: `${NAME}=${bare}; ${NAME}=${bare}`,
    'before rubbish': `${NAME}=${bare}; ${NAME}=rubbish`,
  };
};

/** Cookie headers that name nobody, though they hold a good token somewhere. */
export const rubbishCookies = (token: string): Record<string, string> => {
  const value = sessionCookieValue(token);
  const json = (content: unknown) => `${NAME}=${Buffer.from(JSON.stringify(content)).toString('base64')}`;
  return {
    empty: `${NAME}=`,
    'no base64': `${NAME}=%%%`,
    'no JSON': `${NAME}=${Buffer.from('{"jwt":').toString('base64')}`,
    'cut short': `${NAME}=${value.slice(0, -9)}`,
    null: json(null),
    'a list': json([token]),
    'an object in the place of the token': json({ jwt: { token } }),
    'a token that nobody signed': json({ jwt: `${token.slice(0, -9)}AAAAAAAAA` }),
    'rubbish before the token': `${NAME}=rubbish; ${NAME}=${value}`,
    'of another name': `${sessionCookieName(true)}=${value}`,
  };
};
