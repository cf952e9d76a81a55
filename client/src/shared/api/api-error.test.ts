import { expect, it } from '@jest/globals';
import type { ErrorCode } from '@ticketing/common/errors';
import { ApiError } from './api-error.ts';

const refusal = (status: number, code: ErrorCode) => new ApiError(status, [{ message: 'Refused', code }]);

it('what had no answer is asked again under the same key, so that it is done once; a refusal is an answer', () => {
  expect(new ApiError(0, []).isUnanswered).toBe(true);
  expect(refusal(503, 'unavailable').isUnanswered).toBe(true);
  expect(refusal(409, 'idempotency_key_running').isUnanswered).toBe(true);
  expect(refusal(400, 'reservation_paused').isUnanswered).toBe(false);
  expect(refusal(400, 'invalid_field').isUnanswered).toBe(false);
  expect(refusal(401, 'not_signed_in').isUnanswered).toBe(false);
});
