import type { Ref } from 'react';
import type { Payment } from '../../shared/api/types.ts';
import type { CardField } from './card.ts';
import type { Decline } from './outcome.ts';

/**
 * Where a card is typed, and what speaks to its service: Stripe's own field, or ours with the stand-in. The shop sees
 * neither number nor code, only a name for them (`pm_…`).
 */
export interface CardSource {
  /** Has the card turned into its name. */
  name(): Promise<CardNamed>;
  /**
   * Takes the buyer to their bank (3-D Secure). Resolves when they are back; never, where the bank has a page of its own:
   * then the browser leaves, and comes back to `returnUrl`.
   */
  visitBank(payment: Payment, returnUrl: string): Promise<void>;
  /** Shows at its field what the bank has found wrong. */
  point(field: CardField): void;
}

export type CardNamed =
  | { readonly kind: 'named'; readonly paymentMethod: string }
  /** The form says what is wrong, and has the focus there. */
  | { readonly kind: 'incorrect' }
  | { readonly kind: 'refused'; readonly decline: Decline }
  /** Its service does not answer. */
  | { readonly kind: 'away' };

export interface CardFormProps {
  readonly ref: Ref<CardSource>;
  readonly publishableKey: string;
  /** While it is paid, or before the page is alive, nothing can be typed. */
  readonly disabled: boolean;
  /** Something was typed: what is pending with the card before is no longer meant. */
  onEdit(): void;
}
