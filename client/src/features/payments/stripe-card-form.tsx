'use client';
import { CardElement, Elements, useElements, useStripe } from '@stripe/react-stripe-js';
import { loadStripe } from '@stripe/stripe-js/pure';
import { useEffect, useId, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { texts } from '../../shared/texts/index.ts';
import { onSurface } from '../../shared/ui/surface.ts';
import type { CardFormProps, CardNamed, CardSource } from './card-source.ts';

const words = texts.payments;

/** Stripe's own card field, in a frame of Stripe's. Loaded only where Stripe takes the cards, and its script with it. */
const StripeCardForm = (props: CardFormProps) => {
  const { publishableKey } = props;
  const [tries, setTries] = useState(1);
  const failed = useRef(0);
  // Asked for here and not at the top: nothing is loaded from Stripe before it is needed.
  const stripe = useMemo(
    () =>
      loadStripe(publishableKey).catch(() => {
        failed.current = tries;
        return null;
      }),
    [publishableKey, tries],
  );
  /** Once more, where it did not come: what was refused once would stay refused. */
  const loadAgain = (): void => {
    if (failed.current === tries) setTries(tries + 1);
  };
  return (
    <Elements key={tries} stripe={stripe}>
      <StripeCard {...props} loadAgain={loadAgain} />
    </Elements>
  );
};

export default StripeCardForm;

const StripeCard = ({ ref, disabled, onEdit, loadAgain }: CardFormProps & { loadAgain: () => void }) => {
  const stripe = useStripe();
  const elements = useElements();
  const [error, setError] = useState<string>();
  const colours = useColours();
  const id = useId();

  useImperativeHandle(
    ref,
    (): CardSource => ({
      async name(): Promise<CardNamed> {
        const card = elements?.getElement(CardElement);
        if (stripe === null || !card) {
          loadAgain();
          return { kind: 'away' };
        }
        const { paymentMethod, error: refusal } = await stripe.createPaymentMethod({ type: 'card', card });
        if (paymentMethod !== undefined) return { kind: 'named', paymentMethod: paymentMethod.id };
        if (refusal.type === 'validation_error') {
          setError(refusal.message);
          card.focus();
          return { kind: 'incorrect' };
        }
        if (refusal.type === 'card_error') {
          return { kind: 'refused', decline: { code: refusal.code, declineCode: refusal.decline_code } };
        }
        return { kind: 'away' };
      },
      async visitBank({ clientSecret }) {
        // What became of it, payments asks Stripe itself: not even a refusal is taken from here.
        if (clientSecret !== undefined) await stripe?.handleNextAction({ clientSecret });
      },
      point() {
        elements?.getElement(CardElement)?.focus();
      },
    }),
  );

  return (
    <div className="flex flex-col gap-1">
      <span id={id} className="font-semibold">
        {words.number}
      </span>
      <fieldset
        aria-labelledby={id}
        className={`min-h-11 rounded-[3px] border-2 px-3 py-2.5 ${onSurface.counter.input} ${error === undefined ? '' : 'border-warn'}`}
      >
        <CardElement
          options={{
            disabled,
            hidePostalCode: true,
            disableLink: true,
            style: {
              base: { fontSize: '16px', color: colours.text, '::placeholder': { color: colours.quiet } },
              invalid: { color: colours.warn },
            },
          }}
          onChange={(event) => {
            setError(event.error?.message);
            onEdit();
          }}
        />
      </fieldset>
      {error !== undefined && (
        <p role="alert" className={`font-semibold text-[0.875rem] ${onSurface.counter.error}`}>
          {error}
        </p>
      )}
    </div>
  );
};

/** Stripe's frame knows none of our style sheet, nor whether it is night here. */
const useColours = () => {
  const [colours, setColours] = useState({ text: '#14202b', quiet: '#46535d', warn: '#8c1d0b' });
  useEffect(() => {
    const night = window.matchMedia('(prefers-color-scheme: dark)');
    const read = () => {
      const style = getComputedStyle(document.documentElement);
      const of = (name: string) => style.getPropertyValue(name).trim();
      setColours({ text: of('--on-counter'), quiet: of('--quiet'), warn: of('--warn') });
    };
    read();
    night.addEventListener('change', read);
    return () => night.removeEventListener('change', read);
  }, []);
  return colours;
};
