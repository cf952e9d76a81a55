import { describe, expect, it } from '@jest/globals';
import type { ErrorCode } from '@ticketing/common/errors';
import { ApiError } from '../../shared/api/api-error.ts';
import { sayRefused } from './say-refused.ts';

describe('somebody who cannot be followed or blocked', () => {
  it.each([
    [400, 'profile_hidden', /^An operator has hidden your profile/],
    [400, 'own_profile', /^This is your own profile/],
    [400, 'too_many_follows', /^You follow 1,000 people/],
    [400, 'too_many_blocks', /^You have blocked 1,000 people/],
    [404, 'not_found', /^This profile is not there any more/],
    [429, 'too_many_requests', /^Too many tries/],
  ] as const satisfies readonly [number, ErrorCode, RegExp][])(
    '(%d %s) is said to be so in words',
    (status, code, said) => {
      expect(sayRefused(new ApiError(status, [{ message: 'no', code }]))).toMatch(said);
    },
  );
});
