import Link from 'next/link';
import type { RefObject } from 'react';
import type { Order } from '../../shared/api/types.ts';
import { formatPrice } from '../../shared/format.ts';
import { texts } from '../../shared/texts/index.ts';
import { LocalTime } from '../../shared/time/local-time.tsx';
import { button } from '../../shared/ui/button.ts';

interface OutcomeProps {
  readonly order: Order;
  /** Where the focus goes when the order has ended before the eyes. */
  readonly heading: RefObject<HTMLHeadingElement | null>;
}

/** The stub of who has paid: it is theirs, and this is the receipt. */
export const Yours = ({ order, heading }: OutcomeProps) => {
  const { completed } = texts.orders;
  const { price, currency } = order.ticket;
  return (
    <>
      <div className="flex flex-wrap items-baseline justify-between gap-x-6">
        <h2 ref={heading} tabIndex={-1} className="title wide text-xl outline-none focus:shadow-none">
          {completed.title}
        </h2>
        <p className="font-mono text-xs">{texts.orders.status[order.status]}</p>
      </div>
      <dl className="mt-auto grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 pt-4">
        <dt>{completed.paid}</dt>
        <dd className="text-right font-semibold">
          {order.receipt === undefined ? (
            completed.receiptUnderWay
          ) : (
            <LocalTime iso={order.receipt.paidAt} style="date and time" />
          )}
        </dd>
        <dt>{completed.amount}</dt>
        <dd className="text-right font-mono font-semibold">{formatPrice(price, currency)}</dd>
        <dt>{completed.order}</dt>
        <dd className="text-right font-mono text-xs leading-6 wrap-anywhere">{order.id}</dd>
      </dl>
    </>
  );
};

interface GoneProps extends OutcomeProps {
  /** Whether the ticket can be reserved once this order no longer holds it; undefined where nobody knows. */
  readonly isFree: boolean | undefined;
}

/** Where the stub was: why it is gone. */
export const Gone = ({ order, isFree, heading }: GoneProps) => {
  const { cancelled } = texts.orders;
  const why = whyOf(order.reason);
  const became = isFree === undefined ? [] : [isFree ? cancelled.ticket.free : cancelled.ticket.gone];
  return (
    <>
      <div className="flex flex-wrap items-baseline justify-between gap-x-6">
        <h2 ref={heading} tabIndex={-1} className="title regular text-xl outline-none focus:shadow-none">
          {why.title}
        </h2>
        <p className="font-mono text-xs">{texts.orders.status[order.status]}</p>
      </div>
      <p className="mt-3 max-w-prose">{[why.text, ...became].join(' ')}</p>
      <div className="mt-5 flex flex-wrap items-center gap-x-6 gap-y-2">
        {isFree !== false && (
          <Link href={`/tickets/${order.ticket.id}`} className={button.onCounter}>
            {cancelled.again}
          </Link>
        )}
        <Link href="/" className={isFree === false ? button.onCounter : button.quiet}>
          {texts.shop.toTheShop}
        </Link>
      </div>
    </>
  );
};

const whyOf = (reason: Order['reason']): { readonly title: string; readonly text: string } => {
  const { released, expired, payment_failed, otherwise } = texts.orders.cancelled;
  const known: Readonly<Record<string, typeof otherwise>> = { released, expired, payment_failed };
  return known[reason ?? ''] ?? otherwise;
};
