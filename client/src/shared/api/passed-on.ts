/**
 * What a service has to know of the visitor on whose behalf we ask. The gateway in front of us has set the forwarded
 * ones and dropped what came in from outside, and services trust exactly one hop: for them that is this server.
 */
const PASSED_ON = [
  'cookie',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-request-id',
  'traceparent',
];

export const passedOn = (incoming: Headers): Record<string, string> =>
  Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = incoming.get(name);
      return value === null ? [] : [[name, name === 'cookie' ? withPlainPadding(value) : value]];
    }),
  );

/**
 * After a server action Next renders the page it leads to with the visitor's cookies written anew, percent-encoded. A
 * session that a service set by itself ends in the padding of base64, and would not be read any more.
 */
const withPlainPadding = (cookies: string): string => cookies.replaceAll('%3D', '=');
