import { describe, expect, it } from '@jest/globals';
import type { ErrorLine } from '@ticketing/common/errors';
import { ApiError } from '../../shared/api/api-error.ts';
import { readReport, refusedReport } from './report.ts';

describe('a report', () => {
  const values = { reason: 'spam', text: 'Again and again.' };
  const refused = (status: number, ...lines: readonly ErrorLine[]) =>
    refusedReport(new ApiError(status, lines), values);

  it('is read as it was typed', () => {
    const form = new FormData();
    form.set('reason', 'spam');
    form.set('text', ' Again and again. ');
    expect(readReport(form)).toEqual(values);
    expect(readReport(new FormData())).toEqual({ reason: '', text: '' });
  });

  it('that lacks a reason says so there, and keeps what was typed', () => {
    const state = refused(400, { message: 'no', field: 'reason', code: 'invalid_field' });
    expect(state).toEqual({ values, errors: { reason: 'Choose what is wrong.' } });
  });

  it('of what is gone says that there is nothing to report any more', () => {
    expect(refused(404, { message: 'no', code: 'not_found' }).message).toMatch(/not there any more/);
  });

  it('whose session is over leads to signing in', () => {
    expect(refused(401, { message: 'no', code: 'not_signed_in' })).toMatchObject({
      isSignedOut: true,
      values,
    });
  });
});
