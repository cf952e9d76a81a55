import { describe, expect, it } from '@jest/globals';
import type { ErrorCode } from '@ticketing/common/errors';
import { ApiError } from '../../shared/api/api-error.ts';
import { isLost, refusalOf } from './refusal.ts';
import { sayRefused } from './say-refused.ts';

const refusal = (status: number, code: ErrorCode, retryAfter?: number) =>
  refusalOf(new ApiError(status, [{ message: 'in the words of the service', code }], retryAfter));

describe('whoever could not reserve a ticket', () => {
  it.each<[number, ErrorCode, string]>([
    [400, 'ticket_reserved', 'Someone was faster.'],
    [400, 'ticket_sold', 'Someone was faster. It is sold.'],
    [400, 'ticket_withdrawn', 'Its seller took it back.'],
    [404, 'not_found', 'Its seller took it back.'],
    [400, 'ticket_started', 'It has begun, and is no longer on sale.'],
    [400, 'own_ticket', 'You sell this one yourself.'],
    [409, 'idempotency_key_running', 'Your reservation is still under way. Try again in a moment.'],
    [503, 'unavailable', 'Many people are here right now. Try again in a moment.'],
    [500, 'internal', 'Many people are here right now. Try again in a moment.'],
  ])('is told why: %s %s', (status, code, said) => {
    expect(sayRefused(refusal(status, code))).toBe(said);
  });

  it('is told how long to wait', () => {
    expect(sayRefused(refusal(400, 'reservation_paused', 700))).toContain('in 12 minutes');
    expect(sayRefused(refusal(429, 'too_many_requests', 40))).toContain('in 40 seconds');
  });

  it('may press again, unless the ticket is not to be had', () => {
    expect(isLost(refusal(400, 'ticket_reserved'))).toBe(true);
    expect(isLost(refusal(400, 'own_ticket'))).toBe(false);
    expect(isLost(refusal(400, 'too_many_reservations'))).toBe(false);
    expect(isLost(refusal(503, 'unavailable'))).toBe(false);
  });
});
