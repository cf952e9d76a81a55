'use client';
import dynamic from 'next/dynamic';
import { type FormEvent, useEffect, useEffectEvent, useRef } from 'react';
import type { Payment, PaymentsConfig } from '../../shared/api/types.ts';
import { usePolling } from '../../shared/polling/use-polling.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { FormMessage } from '../../shared/ui/form-message.tsx';
import { useHydrated } from '../../shared/ui/use-hydrated.ts';
import { CardForm } from './card-form.tsx';
import type { CardSource } from './card-source.ts';
import { usePayment } from './use-payment.ts';

const words = texts.payments;

const StripeCardForm = dynamic(() => import('./stripe-card-form.tsx'), { ssr: false });

export interface PayByCardProps {
  readonly orderId: string;
  /** As it is written: `$48.00`. */
  readonly price: string;
  /** Undefined while payments does not answer. */
  readonly config: PaymentsConfig | undefined;
  /** The time to pay is over: nothing new begins. */
  readonly isOver: boolean;
  /** As a clock shows it; undefined when there is none. */
  timeLeft(): string | undefined;
  onPaying(isPaying: boolean): void;
  /** The order may have changed. */
  onNews(): void;
}

/** Pays for an order by card, however long it takes and however often the page is left meanwhile. */
export const PayByCard = ({ config, orderId, ...props }: PayByCardProps) =>
  config === undefined ? (
    <section className="flex flex-col items-start gap-4">
      <p className="font-semibold">{words.noCards}</p>
      <a href={`/orders/${orderId}`} className={button.onCounter}>
        {words.again}
      </a>
    </section>
  ) : (
    <PaymentForm {...props} orderId={orderId} config={config} />
  );

const PaymentForm = ({
  orderId,
  price,
  config,
  isOver,
  timeLeft,
  onPaying,
  onNews,
}: PayByCardProps & { readonly config: PaymentsConfig }) => {
  const isAlive = useHydrated();
  const source = useRef<CardSource>(null);
  const form = useRef<HTMLFormElement>(null);
  const { step, pay, visitBank, startOver, edited, hear } = usePayment({ orderId, source, timeLeft, onNews });

  const isPaying = step.kind === 'paying';
  const tellPaying = useEffectEvent(onPaying);
  useEffect(() => tellPaying(isPaying), [isPaying]);

  useEffect(() => {
    const to = step.kind === 'bank' ? 'h2' : '[data-form-message]';
    if (step.kind === 'bank' || (step.kind === 'card' && step.message !== undefined)) {
      form.current?.querySelector<HTMLElement>(to)?.focus();
    }
  }, [step]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isPaying) return;
    void (step.kind === 'bank' ? visitBank(step.payment) : pay());
  };

  const underWay = step.kind === 'card' ? undefined : step.payment;
  const isCardShown = step.kind === 'card' || (isPaying && !step.isResumed);
  const card = {
    ref: source,
    publishableKey: config.publishableKey,
    disabled: !isAlive || isPaying,
    onEdit: edited,
  };

  return (
    <form
      ref={form}
      noValidate
      onSubmit={submit}
      hidden={isOver && !isPaying}
      aria-labelledby="pay"
      className="flex flex-col gap-5"
    >
      {underWay !== undefined && <Follow key={underWay.id} payment={underWay} onMoved={hear} />}
      <h2 id="pay" tabIndex={-1} className="title text-lg outline-none focus:shadow-none">
        {step.kind === 'bank' ? words.bank.title : words.title}
      </h2>
      {step.kind === 'bank' && <p>{words.bank.text}</p>}
      {step.kind === 'card' && step.message !== undefined && (
        <FormMessage surface="counter">{step.message}</FormMessage>
      )}
      <noscript>
        <p className="border-warn border-l-4 py-1 pl-3 font-semibold text-warn">{words.noScript}</p>
      </noscript>
      <div hidden={!isCardShown}>
        {config.stripeBase === undefined ? (
          <StripeCardForm {...card} />
        ) : (
          <CardForm {...card} base={config.stripeBase} />
        )}
      </div>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <button
          type="submit"
          aria-disabled={isPaying || undefined}
          disabled={!isAlive}
          className={`${button.pay} min-h-12 max-sm:w-full sm:min-w-60`}
        >
          {step.kind === 'bank' ? words.bank.go : isPaying ? words.paying : words.pay(price)}
        </button>
        {step.kind === 'bank' && (
          <button type="button" className={button.quiet} onClick={startOver}>
            {words.bank.other}
          </button>
        )}
      </div>
      <p role="status" className="empty:-mt-5">
        {isPaying ? words.payingText : ''}
      </p>
      {isCardShown && (
        <p className="max-w-prose text-[0.875rem] text-quiet">
          {config.stripeBase === undefined ? words.safe : `${words.safe} ${words.testCards}`}
        </p>
      )}
    </form>
  );
};

/** Looks after a payment that is under way. */
const Follow = ({ payment, onMoved }: { payment: Payment; onMoved: (payment: Payment) => void }) => {
  const { data } = usePolling<Payment>({
    url: `/api/payments/${payment.id}`,
    initial: payment,
    interval: ({ status }) => (status === 'processing' ? 1_500 : status === 'requires_action' ? 4_000 : null),
  });
  const moved = useEffectEvent(onMoved);
  useEffect(() => {
    if (data.status !== payment.status) moved(data);
  }, [data, payment]);
  return null;
};
