'use client';
import Link from 'next/link';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { requestPage } from '../../shared/api/browser.ts';
import { toPage } from '../../shared/api/pages.ts';
import type { Order, Page } from '../../shared/api/types.ts';
import type { ServerClock } from '../../shared/clock/server-clock.ts';
import { useSecondsLeft } from '../../shared/clock/use-seconds-left.ts';
import { formatClock, formatPrice } from '../../shared/format.ts';
import { rememberOrders } from '../../shared/own-orders/own-orders.ts';
import { OlderLinks } from '../../shared/polling/older-links.tsx';
import { useOlder } from '../../shared/polling/use-older.ts';
import { usePolling } from '../../shared/polling/use-polling.ts';
import { WhenAndWhere } from '../../shared/strip/printed.tsx';
import { Strip } from '../../shared/strip/strip.tsx';
import { widthOf } from '../../shared/strip/title.ts';
import { texts } from '../../shared/texts/index.ts';
import { LocalTime } from '../../shared/time/local-time.tsx';
import { button } from '../../shared/ui/button.ts';
import { NotUpToDate } from '../session/not-up-to-date.tsx';
import { isUrgent } from './hold.ts';
import { askListEvery, merge, stack } from './order-stack.ts';

const words = texts.orders;

export interface OrderListProps {
  readonly page: Page<Order>;
  /** Of the page shown; none for the newest. */
  readonly cursor: string | undefined;
  readonly asOf: number;
}

/** My orders: a stack of stubs, which changes by itself. */
export const OrderList = ({ page, cursor, asOf }: OrderListProps) => {
  const { data, clock, error } = usePolling<Page<Order>>({
    url: addressOf('/api/orders', cursor),
    initial: page,
    asOf,
    immediately: page.items.some(({ status }) => status === 'awaiting payment'),
    interval: ({ items }, now) => askListEvery(items, now),
    read: toPage<Order>,
  });
  const older = useOlder<Order>(page, (next) => requestPage(addressOf('/api/orders', next)));
  const [seen, setSeen] = useState<readonly Order[]>(page.items);
  // What a new order pushes off the first page stays in sight.
  const known = useMemo(() => merge(seen, data.items), [seen, data.items]);
  if (known.length > seen.length) setSeen(known);
  useEffect(() => rememberOrders(known), [known]);
  const { awaiting, ended } = stack(merge(older.items, known));

  const list = useRef<HTMLDivElement>(null);
  const [firstOlder] = older.items.slice(older.before);
  useEffect(() => {
    // The link may be gone that had the focus; and what came with it begins here.
    if (firstOlder !== undefined) linkOf(list.current, firstOlder)?.focus();
  }, [firstOlder]);

  return (
    <>
      <div ref={list} className="flex flex-col gap-8">
        {awaiting.length > 0 && (
          <ul aria-label={words.awaiting} className="grid gap-4">
            {awaiting.map((order) => (
              <li key={order.id}>
                <Awaiting order={order} clock={clock} />
              </li>
            ))}
          </ul>
        )}
        {ended.length > 0 && (
          <ul aria-label={words.ended} className="grid gap-3 lg:grid-cols-2">
            {ended.map((order) => (
              <li key={order.id} className="grid">
                <Ended order={order} />
              </li>
            ))}
          </ul>
        )}
      </div>
      <OlderLinks
        older={older}
        path="/orders"
        cursor={cursor}
        words={{ more: words.more, loading: words.loadingMore, newest: words.newest }}
      />
      <NotUpToDate
        error={error}
        failed={older.hasFailed ? words.moreFailed : undefined}
        path={addressOf('/orders', cursor)}
      />
    </>
  );
};

const addressOf = (path: string, cursor: string | undefined): string =>
  cursor === undefined ? path : `${path}?${new URLSearchParams({ cursor })}`;

const linkOf = (list: HTMLElement | null, { id }: Order): HTMLElement | null | undefined =>
  list?.querySelector<HTMLElement>(`a[href="/orders/${id}"]`);

/** Lifted: somebody still has to do something with it. */
const Awaiting = ({ order, clock }: { order: Order; clock: ServerClock }) => (
  <Strip
    id={order.ticket.id}
    tear="held"
    aria-labelledby={titleOf(order)}
    stub={<PayNow order={order} clock={clock} />}
  >
    <Title order={order} className="text-strip lg:text-2xl" />
    <WhenAndWhere ticket={order.ticket} />
    <Line>
      <p className="font-semibold">{words.status[order.status]}</p>
      <p className="font-mono font-semibold text-xs">
        {formatPrice(order.ticket.price, order.ticket.currency)}
      </p>
    </Line>
  </Strip>
);

/** Flat when it is paid, an outline without stock when it is cancelled. */
const Ended = ({ order }: { order: Order }) => (
  <Strip
    id={order.ticket.id}
    tear={order.status === 'cancelled' ? 'outline' : 'intact'}
    aria-labelledby={titleOf(order)}
    className="min-h-28!"
    stub={
      <>
        <p className="font-mono font-semibold text-base tracking-tight">
          {formatPrice(order.ticket.price, order.ticket.currency)}
        </p>
        <p className="font-semibold">{words.status[order.status]}</p>
      </>
    }
  >
    <Title order={order} className="text-lg" />
    <div className="mt-auto text-[0.875rem] leading-5 empty:hidden">
      <WhenAndWhere ticket={order.ticket} />
    </div>
  </Strip>
);

const titleOf = ({ id }: Order): string => `order-${id}`;

const Title = ({ order, className }: { order: Order; className: string }) => (
  <h2 id={titleOf(order)} className={`title ${className} ${widthOf(order.ticket.title)}`}>
    <Link href={`/orders/${order.id}`} prefetch={false} className="stretched line-clamp-5">
      {order.ticket.title}
    </Link>
  </h2>
);

const Line = ({ children }: { children: ReactNode }) => (
  <div className="mt-auto flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">{children}</div>
);

/** What is left of the time, and where to pay. */
const PayNow = ({ order, clock }: { order: Order; clock: ServerClock }) => {
  const left = useSecondsLeft(order.expiresAt, clock);
  const urgent = isUrgent(left);
  return (
    <>
      <div>
        <p
          role="timer"
          className={`font-mono font-semibold text-lg tabular-nums tracking-tight sm:text-xl ${urgent ? 'text-urgent' : ''}`}
        >
          <span className="sr-only">{words.order.timeLeft} </span>
          {formatClock(left)}
        </p>
        <p className={`text-[0.875rem] leading-5 ${urgent ? 'font-semibold text-urgent' : ''}`}>
          {left === 0 ? (
            words.order.over
          ) : urgent ? (
            words.order.lastMinute
          ) : (
            <>
              {words.until} <LocalTime iso={order.expiresAt} style="time" />
            </>
          )}
        </p>
      </div>
      {left > 0 && (
        <Link
          href={`/orders/${order.id}`}
          className={`${button.onStock} w-full whitespace-nowrap max-sm:px-2`}
        >
          {words.payNow}
          <span className="sr-only">: {order.ticket.title}</span>
        </Link>
      )}
    </>
  );
};
