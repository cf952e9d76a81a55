import { describe, expect, it } from '@jest/globals';
import type { ErrorLine } from '@ticketing/common/errors';
import { ApiError } from '../../shared/api/api-error.ts';
import { countLeft, leftToSay, refusedText, sayNot } from './writing.ts';

const refusal = (status: number, line: ErrorLine, retryAfter?: number) =>
  new ApiError(status, [line], retryAfter);

describe('the room for a text', () => {
  it('is counted as the service does: by letters, without what it takes away', () => {
    expect(countLeft('', 10)).toBe(10);
    expect(countLeft('  four  \n', 10)).toBe(6);
    expect(countLeft('🎻🎻', 10)).toBe(8);
    expect(countLeft('a\r\nb', 10)).toBe(7);
    expect(countLeft('a\n\n\n\n\nb', 10)).toBe(6);
    expect(countLeft('12345678901', 10)).toBe(-1);
  });

  it('is said near its end, and not at each letter', () => {
    expect([1_000, 101, 100, 51, 50, 20, 11, 10, 1, 0, -1, -300].map(leftToSay)).toEqual([
      undefined,
      undefined,
      100,
      100,
      50,
      20,
      20,
      10,
      10,
      0,
      -1,
      -1,
    ]);
  });
});

describe('a text that was refused', () => {
  it('is so at its field, where the text is the reason', () => {
    const error = refusal(400, { message: 'Text is required', field: 'text', code: 'invalid_field' });
    expect(refusedText('post', error)).toEqual({
      errors: { text: 'Needs 1 to 1,000 characters that one can read.' },
    });
    expect(refusedText('comment', error).errors.text).toMatch(/1 to 500/);
  });

  it('waits for somebody to sign in', () => {
    const error = refusal(401, { message: 'Not signed in', code: 'not_signed_in' });
    expect(refusedText('post', error)).toMatchObject({ errors: {}, isSignedOut: true });
  });

  it('is told when one may write again', () => {
    const error = refusal(429, { message: 'Too many', code: 'too_many_requests' }, 1_200);
    expect(refusedText('post', error).message).toBe(
      'You have posted a lot. You can post again in 20 minutes.',
    );
    expect(sayNot('like', error)).toMatch(/likes.*20 minutes/);
  });

  it.each([
    ['too_late_to_edit', 'Its 15 minutes are over. It stays as it was.'],
    ['not_found', 'This is gone by now.'],
    ['profile_hidden', 'Your profile was hidden by an operator. Until it is back, you cannot take part.'],
  ] as const)('says why: %s', (code, message) => {
    expect(refusedText('edit', refusal(400, { message: '…', code })).message).toBe(message);
  });
});
