'use server';
import { ApiError } from '../../shared/api/api-error.ts';
import { ask } from '../../shared/api/server.ts';
import { textOf } from '../../shared/ui/form-state.ts';
import { type ReportState, readReport, refusedReport } from './report.ts';

/** Tells the operators. The same person and thing again is the same report. */
export const report = async (_before: ReportState, form: FormData): Promise<ReportState> => {
  const values = readReport(form);
  const named = (['postId', 'commentId', 'handle'] as const)
    .map((field) => [field, textOf(form, field)] as const)
    .filter(([, value]) => value !== '');
  try {
    await ask('community', 'post', '/api/reports', { body: { ...values, ...Object.fromEntries(named) } });
    return { values: {}, errors: {}, isDone: true };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return refusedReport(error, values);
  }
};
