import { type ReactNode, useRef } from 'react';
import type { Order } from '../../shared/api/types.ts';
import { formatPrice } from '../../shared/format.ts';
import { WhenAndWhere } from '../../shared/strip/printed.tsx';
import { stockOf } from '../../shared/strip/stock.ts';
import { stockClass } from '../../shared/strip/stock-class.ts';
import { widthOf } from '../../shared/strip/title.ts';
import { texts } from '../../shared/texts/index.ts';
import { useStickyTop } from '../../shared/ui/use-sticky-top.ts';
import { HOLES } from './hold.ts';
import styles from './slip.module.css';

export interface SlipProps {
  readonly order: Order;
  /** Of the thirty holes. */
  readonly holesClosed: number;
  /** What is printed on the stub. */
  readonly children: ReactNode;
}

/** The ticket of an order, and its stub: held, torn off, or gone. */
export const Slip = ({ order, holesClosed, children }: SlipProps) => {
  const { ticket, status } = order;
  const state = status === 'completed' ? 'torn' : status === 'cancelled' ? 'outline' : 'held';
  const stock = status === 'cancelled' ? '' : stockClass(stockOf(ticket.id));
  const slip = useRef<HTMLElement>(null);
  const place = useRef<HTMLDivElement>(null);
  useStickyTop(state === 'held', slip, place);
  return (
    <section ref={slip} className={`${styles.slip} ${styles[state]} ${stock}`} aria-labelledby="ticket">
      <div className={`${styles.body} flex flex-col px-4 pt-4 pb-6 sm:px-6 md:min-h-60 md:py-6`}>
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
          <h1 id="ticket" className={`title text-xl xl:text-2xl ${widthOf(ticket.title)}`}>
            {ticket.title}
          </h1>
          <p className="pt-1 font-mono font-semibold text-lg tracking-tight">
            {formatPrice(ticket.price, ticket.currency)}
          </p>
        </div>
        <div className="mt-2 empty:hidden">
          <WhenAndWhere ticket={ticket} />
        </div>
        <p className="mt-auto pt-4 font-mono text-xs">
          {texts.shop.ticketNumber(ticket.id)} · {texts.orders.number(order.id)}
        </p>
      </div>
      <div ref={place} className={styles.place}>
        <div className={`${styles.stub} flex flex-col px-4 py-4 sm:px-6 md:py-6 md:pr-6 md:pl-8`}>
          {state === 'held' && <Holes closed={holesClosed} />}
          {children}
        </div>
      </div>
    </section>
  );
};

const holes = Array.from({ length: HOLES }, (_, at) => at);

const Holes = ({ closed }: { closed: number }) => (
  <span aria-hidden="true" className={styles.holes} data-closed={closed}>
    {holes.map((at) => (
      <i key={at} className={at < closed ? styles.closed : undefined} />
    ))}
  </span>
);
