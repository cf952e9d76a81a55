import type { ServerResponse } from 'node:http';

/** The body of an error of ours, in the shape every service answers with (docs/http.md, "Errors"). */
export const errorBody = (message: string, code?: string): string =>
  JSON.stringify({ errors: [code === undefined ? { message } : { message, code }] });

export interface ErrorAnswer {
  readonly status: number;
  readonly message: string;
  readonly code?: string;
  /** Whole seconds. */
  readonly retryAfter?: number;
}

export const answerError = (response: ServerResponse, answer: ErrorAnswer): void => {
  const { status, message, code, retryAfter } = answer;
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
  });
  response.end(errorBody(message, code));
};
