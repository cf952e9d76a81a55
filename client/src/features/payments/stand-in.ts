import { type Card, type CardField, digitsOf, type Problem, readExpiry } from './card.ts';
import type { CardNamed } from './card-source.ts';

/** What can be wrong at a field of a card, as the form or as its service sees it. */
export type Wrong = Problem | 'cvcIncorrect' | 'notATestCard';

export type Answer =
  | Exclude<CardNamed, { kind: 'incorrect' }>
  | { readonly kind: 'incorrect'; readonly field: CardField; readonly problem: Wrong };

const WAIT_MS = 15_000;

/**
 * Has the stand-in for Stripe turn a card into a PaymentMethod, as Stripe.js does with Stripe: straight from the
 * browser, so that the number reaches no service of ours.
 * @param base of the stand-in, as the browser reaches it
 */
export const nameCard = async (
  card: Card,
  { base, publishableKey }: { base: string; publishableKey: string },
  ask: typeof fetch = fetch,
): Promise<Answer> => {
  const { month, year } = readExpiry(card.expiry);
  try {
    const answer = await ask(`${base}/v1/payment_methods`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${publishableKey}` },
      body: new URLSearchParams({
        type: 'card',
        'card[number]': digitsOf(card.number),
        'card[exp_month]': String(month),
        'card[exp_year]': String(year),
        'card[cvc]': card.cvc,
      }),
      // The shop's session is none of its business.
      credentials: 'omit',
      signal: AbortSignal.timeout(WAIT_MS),
    });
    return read(answer.status, (await answer.json()) as Body);
  } catch {
    return { kind: 'away' };
  }
};

interface Body {
  readonly id?: string;
  readonly error?: { readonly code?: string; readonly decline_code?: string };
}

const fields: Readonly<Record<string, { field: CardField; problem: Wrong }>> = {
  incorrect_number: { field: 'number', problem: 'numberIncorrect' },
  invalid_number: { field: 'number', problem: 'numberIncorrect' },
  invalid_expiry_month: { field: 'expiry', problem: 'expired' },
  invalid_expiry_year: { field: 'expiry', problem: 'expired' },
  expired_card: { field: 'expiry', problem: 'expired' },
  invalid_cvc: { field: 'cvc', problem: 'cvcIncorrect' },
  incorrect_cvc: { field: 'cvc', problem: 'cvcIncorrect' },
};

const read = (status: number, { id, error }: Body): Answer => {
  if (status === 200 && id !== undefined) return { kind: 'named', paymentMethod: id };
  if (status !== 402) return { kind: 'away' };
  if (error?.decline_code === 'test_mode_live_card') {
    return { kind: 'incorrect', field: 'number', problem: 'notATestCard' };
  }
  const incorrect = fields[error?.code ?? ''];
  if (incorrect !== undefined) return { kind: 'incorrect', ...incorrect };
  return { kind: 'refused', decline: { code: error?.code, declineCode: error?.decline_code } };
};
