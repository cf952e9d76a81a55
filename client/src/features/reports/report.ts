/** Why something is reported: read from the form, and what the form hears where it is refused. Pure. */
import type { ApiError } from '../../shared/api/api-error.ts';
import { texts } from '../../shared/texts/index.ts';
import { type FormState, textOf } from '../../shared/ui/form-state.ts';
import { sayRefusal } from '../../shared/ui/say-refusal.ts';

export const reasons = ['spam', 'abuse', 'fraud', 'illegal', 'other'] as const;

export interface ReportState extends FormState<'reason' | 'text'> {
  readonly isDone?: boolean;
  /** The session is over: sign in elsewhere, and press again. */
  readonly isSignedOut?: boolean;
}

export const untouched: ReportState = { values: {}, errors: {} };

const { errors: say } = texts.reports;

/** What the form was sent with. */
export const readReport = (form: FormData): ReportState['values'] => ({
  reason: textOf(form, 'reason'),
  text: textOf(form, 'text').trim(),
});

/** Why community did not take it. */
export const refusedReport = (error: ApiError, values: ReportState['values']): ReportState => {
  const bad = new Set(error.lines.filter(({ code }) => code === 'invalid_field').map(({ field }) => field));
  const errors = {
    ...(bad.has('reason') ? { reason: say.reason } : {}),
    ...(bad.has('text') ? { text: say.text } : {}),
  };
  if (Object.keys(errors).length > 0) return { values, errors };
  return {
    values,
    errors,
    message: error.status === 404 ? say.gone : sayRefusal(error),
    ...(error.is('not_signed_in') ? { isSignedOut: true } : {}),
  };
};
