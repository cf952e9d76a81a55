import { describe, expect, test } from '@jest/globals';
import type { ErrorLine } from '@ticketing/common/errors';
import { ApiError } from '../../shared/api/api-error.ts';
import { texts } from '../../shared/texts/index.ts';
import { refusedCredentials } from './credentials.ts';

const { errors, refused } = texts.session;
const typed = { email: 'ada@example.com', password: 'sesame sesame' };
const refusal = (status: number, lines: readonly ErrorLine[], retryAfter?: number) =>
  new ApiError(status, lines, retryAfter);
const bad = (...fields: string[]) =>
  refusal(
    400,
    fields.map((field) => ({ field, message: `${field} is wrong`, code: 'invalid_field' })),
  );

describe('who is refused an account', () => {
  test('is told at the email that it is in use', () => {
    const inUse = refusal(400, [{ message: 'Email in use', field: 'email', code: 'email_in_use' }]);
    expect(refusedCredentials(inUse, typed)).toEqual({
      values: { email: 'ada@example.com' },
      errors: { email: errors.emailInUse },
    });
  });

  test('is told at each field that is wrong', () => {
    expect(refusedCredentials(bad('email', 'password'), { email: 'ada', password: 'short' })).toEqual({
      values: { email: 'ada' },
      errors: { email: errors.email, password: errors.password },
    });
  });

  test('is told what is missing', () => {
    expect(refusedCredentials(bad('email', 'password'), { email: ' ', password: '' }).errors).toEqual({
      email: errors.noEmail,
      password: errors.noPassword,
    });
  });

  test('is told that a password of the right length is one that everybody has', () => {
    const { errors: at } = refusedCredentials(bad('password'), { ...typed, password: 'password1' });
    expect(at).toEqual({ password: errors.guessable });
  });

  test('has the password counted in characters, as auth counts it', () => {
    const say = (password: string) =>
      refusedCredentials(bad('password'), { ...typed, password }).errors.password;
    expect(say('🎟'.repeat(7))).toBe(errors.password);
    expect(say('🎟'.repeat(8))).toBe(errors.guessable);
    expect(say('x'.repeat(129))).toBe(errors.password);
  });
});

describe('who is not let in', () => {
  test('is not told whether the email or the password is wrong', () => {
    const wrong = refusal(400, [{ message: 'Invalid credentials', code: 'invalid_credentials' }]);
    const state = refusedCredentials(wrong, typed);
    expect(state.errors).toEqual({});
    expect(state.message).toBe(errors.invalidCredentials);
  });

  test('after too many tries is told how long to wait', () => {
    const tooMany = (seconds?: number) =>
      refusedCredentials(refusal(429, [{ message: 'Too many', code: 'too_many_requests' }], seconds), typed)
        .message;
    expect(tooMany(40)).toBe(refused.tooMany('40 seconds'));
    expect(tooMany(1)).toBe(refused.tooMany('1 second'));
    expect(tooMany(601)).toBe(refused.tooMany('11 minutes'));
    expect(tooMany()).toBe(refused.tooMany('60 seconds'));
  });

  test('while auth is busy or away is told that nothing is wrong with what was typed', () => {
    const busy = refusal(503, [{ message: 'Busy', code: 'unavailable' }], 1);
    expect(refusedCredentials(busy, typed).message).toBe(texts.shop.error.busy);
    const away = refusal(0, [{ message: 'connect ECONNREFUSED', code: 'unavailable' }]);
    expect(refusedCredentials(away, typed).message).toBe(refused.noAnswer);
  });
});

test('the password is never among what is kept', () => {
  for (const status of [400, 429, 500, 503]) {
    const state = refusedCredentials(refusal(status, [{ message: 'No' }]), typed);
    expect(state.values).toEqual({ email: typed.email });
    expect(JSON.stringify(state)).not.toContain(typed.password);
  }
});
