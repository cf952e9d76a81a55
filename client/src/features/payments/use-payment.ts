'use client';
import { type RefObject, useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { request } from '../../shared/api/browser.ts';
import type { Payment } from '../../shared/api/types.ts';
import { formatWait } from '../../shared/format.ts';
import { texts } from '../../shared/texts/index.ts';
import { signInPath } from '../session/return-path.ts';
import { type Asking, goOn, keep, payWith } from './ask-payments.ts';
import { attemptsOf, newIdempotencyKey } from './attempt.ts';
import type { CardSource } from './card-source.ts';
import { fieldOfDecline, sayDecline } from './decline.ts';
import { type Outcome, outcomeOf } from './outcome.ts';

const words = texts.payments;

/** Where paying has come to. */
export type Step =
  | { readonly kind: 'card'; readonly message?: string }
  /** `payment` once payments has told it; `isResumed` after a reload, when the form is empty. */
  | { readonly kind: 'paying'; readonly payment?: Payment; readonly isResumed: boolean }
  /** The buyer has been at the bank's page, or on the way, and is back without an answer. */
  | { readonly kind: 'bank'; readonly payment: Payment };

export interface Paying {
  readonly step: Step;
  pay(): Promise<void>;
  /** Goes to the bank that asks. */
  visitBank(payment: Payment): Promise<void>;
  /** Leaves the bank alone: another card. */
  startOver(): void;
  /** The card was changed: what is pending with the one before is no longer meant. */
  edited(): void;
  /** A payment that was under way has moved on. */
  hear(payment: Payment): void;
}

export interface PaymentOptions {
  readonly orderId: string;
  readonly source: RefObject<CardSource | null>;
  /** As a clock shows it; undefined when there is none. */
  timeLeft(): string | undefined;
  /** The order may have changed. */
  onNews(): void;
}

/** The conversation about a payment: one attempt at a time, over reloads and the way to the bank and back. */
export const usePayment = ({ orderId, source, timeLeft, onNews }: PaymentOptions): Paying => {
  const [step, setStep] = useState<Step>({ kind: 'card' });
  const asking = useMemo(
    (): Asking => ({
      orderId,
      attempts: attemptsOf(orderId, () => window.sessionStorage),
      request: (options) => request<Payment>(options),
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    }),
    [orderId],
  );
  const { attempts } = asking;
  /** Against a second press, before the first has changed what is shown. */
  const isBusy = useRef(false);

  const returnUrl = () => `${window.location.origin}/orders/${orderId}`;

  const visitBank = async (payment: Payment): Promise<void> => {
    setStep({ kind: 'paying', isResumed: false });
    await source.current?.visitBank(payment, returnUrl());
    const attempt = attempts.recall();
    if (attempt !== undefined) show(await goOn(attempt, true, asking));
  };

  /** @returns once nothing is left to do here */
  const show = (outcome: Outcome): void => {
    switch (outcome.kind) {
      case 'processing':
        setStep((now) => ({ kind: 'paying', payment: outcome.payment, isResumed: isResumed(now) }));
        onNews();
        return;
      case 'bank asks':
        setStep({ kind: 'bank', payment: outcome.payment });
        return;
      case 'order ended':
        setStep((now) => ({ kind: 'paying', isResumed: isResumed(now) }));
        onNews();
        return;
      case 'not signed in':
        window.location.assign(signInPath(`/orders/${orderId}`));
        return;
      case 'refused': {
        const field = fieldOfDecline(outcome.decline);
        if (field !== undefined) source.current?.point(field);
        setStep({ kind: 'card', message: sayDecline(outcome.decline, timeLeft()) });
        return;
      }
      default:
        setStep({ kind: 'card', message: sayTrouble(outcome, timeLeft()) });
        onNews();
    }
  };

  /** Names the card, and pays with it under a key of its own. */
  const begin = async (): Promise<Outcome | undefined> => {
    // The form comes after the page, where it is Stripe's own.
    const named = (await source.current?.name()) ?? { kind: 'away' };
    if (named.kind === 'incorrect') return undefined;
    if (named.kind === 'refused') return { kind: 'refused', decline: named.decline };
    if (named.kind === 'away') return { kind: 'wrong', message: words.cardServiceAway };
    return payWith({ idempotencyKey: newIdempotencyKey(), paymentMethod: named.paymentMethod }, asking);
  };

  const pay = async (): Promise<void> => {
    if (isBusy.current) return;
    isBusy.current = true;
    setStep({ kind: 'paying', isResumed: false });
    try {
      const pending = attempts.recall();
      const outcome = pending === undefined ? await begin() : await goOn(pending, false, asking);
      if (outcome === undefined) setStep({ kind: 'card' });
      else if (outcome.kind === 'bank asks') await visitBank(outcome.payment);
      else show(outcome);
    } finally {
      isBusy.current = false;
    }
  };

  const resume = useEffectEvent(async (): Promise<void> => {
    const attempt = attempts.recall();
    const isBackFromBank = leaveBankBehind();
    if (attempt === undefined || isBusy.current) return;
    isBusy.current = true;
    setStep({ kind: 'paying', isResumed: true });
    try {
      show(await goOn(attempt, isBackFromBank, asking));
    } finally {
      isBusy.current = false;
    }
  });

  useEffect(() => {
    void resume();
    // Back from the bank's page by the browser's own button, to the page as it was left.
    const onShow = (event: PageTransitionEvent) => {
      if (!event.persisted) return;
      isBusy.current = false;
      void resume();
    };
    window.addEventListener('pageshow', onShow);
    return () => window.removeEventListener('pageshow', onShow);
  }, []);

  return {
    step,
    pay,
    visitBank,
    startOver: () => {
      attempts.forget();
      setStep({ kind: 'card' });
    },
    edited: useCallback(() => {
      attempts.forget();
    }, [attempts]),
    hear: (payment) => {
      const attempt = attempts.recall();
      const outcome = outcomeOf(payment);
      show(attempt === undefined ? outcome : keep(attempts, attempt, outcome));
    },
  };
};

const isResumed = (step: Step): boolean => step.kind === 'paying' && step.isResumed;

/** Whether the bank has sent the browser here; what it has written into the address is taken away. */
const leaveBankBehind = (): boolean => {
  const { pathname, search } = window.location;
  if (!new URLSearchParams(search).has('redirect_status')) return false;
  window.history.replaceState(null, '', pathname);
  return true;
};

const sayTrouble = (
  outcome: Extract<Outcome, { kind: 'away' | 'given up' | 'paid elsewhere' | 'running' | 'wrong' }>,
  timeLeft: string | undefined,
): string => {
  switch (outcome.kind) {
    case 'paid elsewhere':
      return words.elsewhere;
    case 'given up':
      return timeLeft === undefined ? words.givenUp : `${words.givenUp} ${words.nothingTaken(timeLeft)}`;
    case 'wrong':
      return outcome.message;
    case 'away':
      if (outcome.retryAfter !== undefined && !outcome.spoken)
        return words.tooMany(formatWait(outcome.retryAfter));
      return outcome.spoken ? words.busy : words.noAnswer;
    case 'running':
      return words.elsewhere;
  }
};
