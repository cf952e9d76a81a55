'use client';
import Link from 'next/link';
import { useEffect, useRef, useState } from 'react';
import { holdSeconds, holesClosed } from '../../../features/orders/hold.ts';
import { Gone, Yours } from '../../../features/orders/outcome.tsx';
import { ReleaseTicket } from '../../../features/orders/release-ticket.tsx';
import { Slip } from '../../../features/orders/slip.tsx';
import { TimeLeft } from '../../../features/orders/time-left.tsx';
import { useOrder } from '../../../features/orders/use-order.ts';
import { PayByCard } from '../../../features/payments/pay-by-card.tsx';
import { NotUpToDate } from '../../../features/session/not-up-to-date.tsx';
import type { Order, PaymentsConfig } from '../../../shared/api/types.ts';
import { secondsLeft, useSecondsLeft } from '../../../shared/clock/use-seconds-left.ts';
import { formatClock, formatPrice } from '../../../shared/format.ts';
import { texts } from '../../../shared/texts/index.ts';
import { button } from '../../../shared/ui/button.ts';

interface OrderPageProps {
  readonly order: Order;
  readonly asOf: number;
  /** Whether its ticket is to be had again once this order has ended; undefined where nobody knows. */
  readonly isFree: boolean | undefined;
  readonly config: PaymentsConfig | undefined;
}

/** An order: while it awaits payment, the checkout; after that what became of it. It changes by itself. */
export const OrderPage = ({ order: rendered, asOf, isFree, config }: OrderPageProps) => {
  const { order, clock, error, refresh, hurry } = useOrder(rendered, asOf);
  const left = useSecondsLeft(order.expiresAt, clock);
  const [isPaying, setPaying] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);

  // What had the focus is gone; and whoever does not see the page hears what happened.
  const status = useRef(order.status);
  useEffect(() => {
    if (status.current !== order.status) heading.current?.focus();
    status.current = order.status;
  }, [order.status]);

  const isAwaiting = order.status === 'awaiting payment';
  const { price, currency } = order.ticket;
  const timeLeft = () => {
    const seconds = secondsLeft(Date.parse(order.expiresAt), clock);
    return seconds > 0 ? formatClock(seconds) : undefined;
  };

  return (
    <div>
      <Slip order={order} holesClosed={holesClosed(left, holdSeconds(order))}>
        {order.status === 'completed' && <Yours order={order} heading={heading} />}
        {order.status === 'cancelled' && <Gone order={order} isFree={isFree} heading={heading} />}
        {isAwaiting && <TimeLeft secondsLeft={left} expiresAt={order.expiresAt} />}
      </Slip>
      {isAwaiting && (
        <div className="mt-8 flex max-w-[36rem] flex-col gap-6">
          <PayByCard
            orderId={order.id}
            price={formatPrice(price, currency)}
            config={config}
            isOver={left === 0}
            timeLeft={timeLeft}
            onPaying={(paying) => {
              setPaying(paying);
              hurry(paying);
            }}
            onNews={refresh}
          />
          {left > 0 && !isPaying && <ReleaseTicket orderId={order.id} />}
        </div>
      )}
      {order.status === 'completed' && (
        <Link href="/orders" className={`${button.quiet} mt-4`}>
          {texts.orders.completed.all}
        </Link>
      )}
      <NotUpToDate error={error} path={`/orders/${order.id}`} />
    </div>
  );
};
