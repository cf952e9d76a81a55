export { InvalidCursor } from '../errors/index.ts';
export { decodeCursor, encodeCursor, type Page, type Position } from '../pages/index.ts';
export type { SessionUser } from '../session/index.ts';
export { answerErrors } from './answer-errors.ts';
export { type AppOptions, createApp } from './app.ts';
export {
  body,
  type Field,
  type Fields,
  id,
  instant,
  limit,
  oneOf,
  optional,
  pathId,
  price,
  query,
  text,
} from './fields.ts';
export { type HttpMetrics, httpMetrics } from './metrics.ts';
export { answerPage } from './pages.ts';
export { type Answer, type Check, del, get, post, put, type Route } from './route.ts';
export {
  anyone,
  endedSessionCookieName,
  type Jwks,
  jwksSchema,
  SESSION_ALGORITHM,
  SESSION_AUDIENCE,
  SESSION_ISSUER,
  type SessionClaims,
  type SessionOptions,
  type SessionVerifier,
  sessionCookieName,
  sessionCookieValue,
  sessionVerifier,
  signedIn,
} from './session.ts';
