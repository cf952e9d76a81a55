'use client';
import { type ChangeEvent, useImperativeHandle, useRef, useState } from 'react';
import { texts } from '../../shared/texts/index.ts';
import { FieldFrame, fieldBox } from '../../shared/ui/field.tsx';
import { onSurface } from '../../shared/ui/surface.ts';
import {
  type Brand,
  brandOf,
  type Card,
  type CardField,
  digitsOf,
  formatCvc,
  formatExpiry,
  formatNumber,
  problemsOf,
} from './card.ts';
import type { CardFormProps, CardSource } from './card-source.ts';
import { nameCard, type Wrong } from './stand-in.ts';

const words = texts.payments;
const box = `${fieldBox} ${onSurface.counter.input} font-mono tabular-nums disabled:opacity-70`;

type Errors = Readonly<Partial<Record<CardField, Wrong>>>;

/**
 * The card form of the stand-in for Stripe, which behaves like Stripe's. Its fields have no names: whatever a browser
 * makes of the form by itself, no card number goes anywhere with it.
 */
export const CardForm = ({
  ref,
  base,
  publishableKey,
  disabled,
  onEdit,
}: CardFormProps & { readonly base: string }) => {
  const inputs = {
    number: useRef<HTMLInputElement>(null),
    expiry: useRef<HTMLInputElement>(null),
    cvc: useRef<HTMLInputElement>(null),
  };
  const [errors, setErrors] = useState<Errors>({});
  const [brand, setBrand] = useState<Brand>();

  const typed = (): Card => ({
    number: inputs.number.current?.value ?? '',
    expiry: inputs.expiry.current?.value ?? '',
    cvc: inputs.cvc.current?.value ?? '',
  });

  const show = (wrong: Errors): boolean => {
    setErrors(wrong);
    const first = (['number', 'expiry', 'cvc'] as const).find((field) => wrong[field] !== undefined);
    if (first !== undefined) inputs[first].current?.focus();
    return first !== undefined;
  };

  useImperativeHandle(
    ref,
    (): CardSource => ({
      async name() {
        if (show(problemsOf(typed(), new Date()))) return { kind: 'incorrect' };
        const answer = await nameCard(typed(), { base, publishableKey });
        if (answer.kind === 'incorrect') show({ [answer.field]: answer.problem });
        return answer;
      },
      visitBank({ actionUrl }, returnUrl) {
        if (actionUrl !== undefined) {
          const page = new URL(actionUrl, window.location.href);
          page.searchParams.set('return_url', returnUrl);
          window.location.assign(page);
        }
        return new Promise(() => {});
      },
      point(field) {
        const problems = { number: 'numberIncorrect', expiry: 'expired', cvc: 'cvcIncorrect' } as const;
        setErrors({ [field]: problems[field] });
      },
    }),
  );

  /** Writes what was typed as it is on a card, and leaves the caret behind the digit it was behind. */
  const write =
    (field: CardField, format: (value: string) => string) =>
    ({ target }: ChangeEvent<HTMLInputElement>) => {
      const digitsBefore = digitsOf(target.value.slice(0, target.selectionStart ?? undefined)).length;
      const isAtEnd = target.selectionStart === target.value.length;
      target.value = format(target.value);
      const caret = isAtEnd ? target.value.length : afterDigits(target.value, digitsBefore);
      target.setSelectionRange(caret, caret);
      if (errors[field] !== undefined) setErrors({ ...errors, [field]: undefined });
      onEdit();
    };
  const lastExpiry = useRef('');

  const error = (field: CardField): string | undefined => {
    const wrong = errors[field];
    return wrong === undefined ? undefined : words.problems[wrong];
  };

  return (
    <div className="grid grid-cols-2 gap-x-4 gap-y-5">
      <FieldFrame label={words.number} error={error('number')} surface="counter" className="col-span-2">
        {(tied) => (
          <span className="relative block">
            <input
              {...tied}
              ref={inputs.number}
              type="text"
              inputMode="numeric"
              autoComplete="cc-number"
              spellCheck={false}
              disabled={disabled}
              className={`${box} pr-28 max-[400px]:pr-3`}
              onChange={(event) => {
                write('number', formatNumber)(event);
                setBrand(brandOf(event.target.value));
              }}
            />
            <span
              aria-hidden="true"
              className="pointer-events-none absolute inset-y-0 right-3 flex items-center max-[400px]:hidden text-[0.875rem] text-quiet"
            >
              {brand?.name}
            </span>
          </span>
        )}
      </FieldFrame>
      <FieldFrame label={words.expiry} hint={words.expiryHint} error={error('expiry')} surface="counter">
        {(tied) => (
          <input
            {...tied}
            ref={inputs.expiry}
            type="text"
            inputMode="numeric"
            autoComplete="cc-exp"
            spellCheck={false}
            disabled={disabled}
            className={box}
            onChange={write('expiry', (value) => {
              // Going back over the stroke takes it away, else it would come again for ever.
              const isShorter = value.length < lastExpiry.current.length;
              lastExpiry.current = formatExpiry(isShorter ? value.replace(/\D+$/, '') : value);
              return lastExpiry.current;
            })}
          />
        )}
      </FieldFrame>
      <FieldFrame
        label={words.cvc}
        hint={words.cvcHint(brand?.cvc ?? 3)}
        error={error('cvc')}
        surface="counter"
      >
        {(tied) => (
          <input
            {...tied}
            ref={inputs.cvc}
            type="text"
            inputMode="numeric"
            autoComplete="cc-csc"
            spellCheck={false}
            disabled={disabled}
            className={box}
            onChange={write('cvc', (value) => formatCvc(value, inputs.number.current?.value ?? ''))}
          />
        )}
      </FieldFrame>
    </div>
  );
};

/** Where in a text so many digits have gone by. */
const afterDigits = (text: string, count: number): number => {
  let seen = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (seen === count) return at;
    if (/\d/.test(text.charAt(at))) seen += 1;
  }
  return text.length;
};
