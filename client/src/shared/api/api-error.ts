import type { ErrorCode, ErrorLine } from '@ticketing/common/errors';
import type { AxiosError } from 'axios';

/** A request that a service refused, or that did not reach one (`status` 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly lines: readonly ErrorLine[];
  /** Whole seconds after which trying again makes sense. */
  readonly retryAfter: number | undefined;

  constructor(status: number, lines: readonly ErrorLine[], retryAfter?: number) {
    super(`${status}: ${lines.map(({ message }) => message).join('; ')}`);
    this.status = status;
    this.lines = lines;
    this.retryAfter = retryAfter;
  }

  /** Whether one of the reasons given is this one. */
  is(code: ErrorCode): boolean {
    return this.lines.some((line) => line.code === code);
  }

  /** Nothing is wrong with the request: later it may go through. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /**
   * Nobody knows what became of the request: asked again with the same Idempotency-Key, its effect is once. A refusal is
   * an answer, and would only be repeated.
   */
  get isUnanswered(): boolean {
    return this.isTemporary || this.is('idempotency_key_running');
  }
}

/** As axios marks them; its own test would bring all of it along with the page. */
const isAxiosError = (error: unknown): error is AxiosError =>
  typeof error === 'object' && error !== null && 'isAxiosError' in error && error.isAxiosError === true;

/** What axios threw, as ours; anything else is thrown on. */
export const toApiError = (error: unknown): ApiError => {
  if (!isAxiosError(error)) throw error;
  const { response } = error;
  if (response === undefined) return new ApiError(0, [{ message: error.message, code: 'unavailable' }]);
  const seconds = Number(response.headers['retry-after']);
  return new ApiError(
    response.status,
    readLines(response.data),
    Number.isFinite(seconds) ? seconds : undefined,
  );
};

const readLines = (body: unknown): readonly ErrorLine[] => {
  const lines = (body as { errors?: unknown } | null | undefined)?.errors;
  if (Array.isArray(lines) && lines.every((line) => typeof line?.message === 'string')) return lines;
  // A proxy on the way answered, in words of its own.
  return [{ message: 'No answer in our own words', code: 'unavailable' }];
};
