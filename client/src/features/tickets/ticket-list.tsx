'use client';
import Link from 'next/link';
import {
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useReducer,
  useRef,
  useState,
} from 'react';
import { ApiError } from '../../shared/api/api-error.ts';
import { request } from '../../shared/api/browser.ts';
import { toPage } from '../../shared/api/pages.ts';
import type { Order, Page, Ticket } from '../../shared/api/types.ts';
import { FollowOwnOrders } from '../../shared/own-orders/follow-own-orders.tsx';
import { lookUpOwnOrders, useOwnOrders } from '../../shared/own-orders/own-orders.ts';
import { usePolling } from '../../shared/polling/use-polling.ts';
import { useReturn } from '../../shared/polling/use-return.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { BlankStock } from './blank-stock.tsx';
import { listPath, shopPath, type TicketQuery } from './query.ts';
import { useReservation } from './reserve-form.tsx';
import {
  begin,
  closeUp,
  type Entry,
  goOn,
  hasLost,
  hear,
  type IsOwn,
  type Shown,
  showFresh,
} from './shown.ts';
import { isClaim } from './situation.ts';
import { TicketCard } from './ticket-card.tsx';
import styles from './ticket-list.module.css';

/** Between two looks at a page of the list, in milliseconds. */
const LOOK_AGAIN_MS = 5_000;
/** A ticket that leaves is out after this; only then its place may close. */
const SLIDE_MS = 400;
/** How far before the end of the list the next page is fetched. */
const AHEAD = '800px 0px';

const { list } = texts.tickets;

interface TicketListProps {
  readonly query: TicketQuery;
  /** As the server rendered it. */
  readonly first: Page<Ticket>;
  /** Whoever looks, if they are signed in. */
  readonly visitorId: string | undefined;
  /** Made by the server, for attempts to reserve. */
  readonly attempt: string;
  /** What stands beside what is new. */
  readonly bar: ReactNode;
  /** What is shown where there is nothing. */
  readonly empty: ReactNode;
}

type Action =
  | { readonly kind: 'heard'; readonly page: number; readonly answer: Page<Ticket> }
  | { readonly kind: 'more'; readonly page: Page<Ticket> }
  | { readonly kind: 'show fresh' | 'close up'; readonly isOwn: IsOwn };

const reduce = (shown: Shown, action: Action): Shown => {
  switch (action.kind) {
    case 'heard':
      return hear(shown, action.page, action.answer);
    case 'more':
      return goOn(shown, action.page);
    case 'show fresh':
      return showFresh(shown, action.isOwn);
    case 'close up':
      return closeUp(shown, action.isOwn);
  }
};

/** The list as it had grown when one left it, for the way back: then the router hands out the same first page again. */
const left = new WeakMap<Page<Ticket>, Shown>();

/**
 * What is on sale. Pages load on near its end; what is taken slides out and what is new waits to be shown, without a
 * reload. Before the page is alive it is a list of links and forms.
 */
export const TicketList = ({ query, first, visitorId, attempt, bar, empty }: TicketListProps) => {
  const [isRestored] = useState(() => left.has(first));
  const [shown, dispatch] = useReducer(
    reduce,
    first,
    (page) => left.get(page) ?? begin(query.sort, page, query.cursor),
  );
  const [isUnheard, setUnheard] = useState(false);
  const root = useRef<HTMLUListElement>(null);
  const inSight = usePagesInSight(root, shown.entries);
  const ownOrders = useOwnOrders(visitorId);
  const isOwn: IsOwn = ({ id }) => isClaim(ownOrders(id));
  const gone = shown.entries.filter((entry) => entry.gone && !isOwn(entry.ticket));
  const isHolding = shown.entries.some(({ ticket }) => ownOrders(ticket.id)?.status === 'awaiting payment');
  useClosingUp(gone.length > 0, () => dispatch({ kind: 'close up', isOwn }));
  useReturn(first, () => void lookUpOwnOrders(visitorId));
  useEffect(() => {
    left.set(first, shown);
  }, [first, shown]);

  /** Where the focus goes once it is there. */
  const focusNext = useRef<string>(undefined);
  useEffect(() => {
    const link = root.current?.querySelector<HTMLElement>(`[data-ticket="${focusNext.current}"] a`);
    if (link === null || link === undefined) return;
    focusNext.current = undefined;
    link.focus();
  }, [shown.entries]);

  const showNew = (): void => {
    focusNext.current = shown.anew?.items[0]?.id ?? shown.fresh[0]?.ticket.id;
    dispatch({ kind: 'show fresh', isOwn });
  };

  const hearAnswer = async (page: number, answer: Page<Ticket>): Promise<void> => {
    // Before the list changes: what is the visitor's own does not first slide out and then come back.
    if (hasLost(shown, hear(shown, page, answer), isOwn)) await lookUpOwnOrders(visitorId);
    dispatch({ kind: 'heard', page, answer });
  };

  return (
    <>
      <div className={`${styles.bar} flex items-center justify-between gap-6`}>
        {bar}
        <div role="status" className={styles.fresh}>
          {isUnheard ? (
            <span>{texts.shop.notUpToDate}</span>
          ) : (
            shown.fresh.length > 0 && (
              <>
                <span>{list.fresh(shown.fresh.length, shown.anew !== undefined)}</span>
                <button type="button" onClick={showNew} className={button.quiet}>
                  {list.show}
                </button>
              </>
            )
          )}
        </div>
      </div>
      <GoneNews titles={gone.map(({ ticket }) => ticket.title)} />
      {shown.entries.length === 0 && shown.next === undefined ? (
        empty
      ) : (
        <ul ref={root} className={styles.list}>
          {shown.entries.map((entry) => (
            <Place
              key={entry.ticket.id}
              entry={entry}
              isOwn={entry.ticket.userId === visitorId}
              order={ownOrders(entry.ticket.id)}
              attempt={attempt}
            />
          ))}
        </ul>
      )}
      {shown.starts.map(
        (cursor, page) =>
          (page === 0 || inSight.has(page)) && (
            <LookAgain
              key={cursor ?? ''}
              path={listPath(at(query, cursor))}
              immediately={page > 0 || isRestored}
              onHeard={(answer) => void hearAnswer(page, answer)}
              {...(page === 0 ? { onSilence: setUnheard } : {})}
            />
          ),
      )}
      {isHolding && <FollowOwnOrders />}
      {shown.next !== undefined && (
        <More
          key={shown.next.cursor}
          query={at(query, shown.next.cursor)}
          onPage={(page, isAskedFor) => {
            if (isAskedFor) focusNext.current = page.items[0]?.id;
            dispatch({ kind: 'more', page });
          }}
        />
      )}
    </>
  );
};

const at = ({ q, sort }: TicketQuery, cursor: string | undefined): TicketQuery =>
  cursor === undefined ? { q, sort } : { q, sort, cursor };

interface PlaceProps {
  readonly entry: Entry;
  readonly isOwn: boolean;
  readonly order: Order | undefined;
  readonly attempt: string;
}

/** A ticket's place in the list, which stays for a while when the ticket is gone. */
const Place = ({ entry: { ticket, page, gone }, isOwn, order, attempt }: PlaceProps) => {
  const place = useRef<HTMLLIElement>(null);
  const reservation = useReservation(ticket, attempt);
  // Gone to the visitor, or while they tried: they are told so where they pressed.
  const isEmpty = gone && !isClaim(order) && !reservation.isPending && reservation.refused === null;

  useLayoutEffect(() => {
    if (isEmpty && place.current?.contains(document.activeElement))
      place.current.focus({ preventScroll: true });
  }, [isEmpty]);

  return (
    <li
      ref={place}
      data-page={page}
      data-ticket={ticket.id}
      className={`${styles.place} ${isEmpty ? styles.gone : ''}`}
      {...(isEmpty ? { tabIndex: -1, 'aria-label': list.isGone([ticket.title]) } : {})}
    >
      {isEmpty && (
        <span aria-hidden="true" className={styles.empty}>
          {list.gone}
        </span>
      )}
      <div inert={isEmpty} className={styles.ticket}>
        <TicketCard ticket={ticket} isOwn={isOwn} order={order} reservation={reservation} />
      </div>
    </li>
  );
};

/** Tells who cannot see it what slid out. */
const GoneNews = ({ titles }: { titles: readonly string[] }) => (
  <p role="status" className="sr-only">
    {titles.length > 0 && list.isGone(titles)}
  </p>
);

interface LookAgainProps {
  readonly path: string;
  readonly immediately: boolean;
  readonly onHeard: (answer: Page<Ticket>) => void;
  /** Whether the service has stopped answering. */
  readonly onSilence?: (isSilent: boolean) => void;
}

/** Looks again and again at a page of the list. */
const LookAgain = ({ path, immediately, onHeard, onSilence }: LookAgainProps) => {
  const { data, error } = usePolling<Page<Ticket> | null>({
    url: path,
    initial: null,
    interval: LOOK_AGAIN_MS,
    immediately,
    read: toPage<Ticket>,
  });
  const tell = useEffectEvent((answer: Page<Ticket>) => onHeard(answer));
  useEffect(() => {
    if (data !== null) tell(data);
  }, [data]);
  const isSilent = error !== undefined;
  const tellSilence = useEffectEvent(() => onSilence?.(isSilent));
  useEffect(() => tellSilence(), [isSilent]);
  return null;
};

interface MoreProps {
  readonly query: TicketQuery;
  /** `isAskedFor`: somebody pressed the link, and wants to read on there. */
  readonly onPage: (page: Page<Ticket>, isAskedFor: boolean) => void;
}

/** Fetches the next page when its end is near; the link does it too, and leads there before the page is alive. */
const More = ({ query, onPage }: MoreProps) => {
  const end = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<'resting' | 'loading' | 'failed'>('resting');

  const load = async (isAskedFor: boolean): Promise<void> => {
    if (state === 'loading') return;
    setState('loading');
    try {
      onPage(toPage(await request<Ticket[]>({ url: listPath(query) })), isAskedFor);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setState('failed');
    }
  };
  const loadByItself = useEffectEvent(() => {
    if (state === 'resting') void load(false);
  });
  useEffect(() => {
    const { current } = end;
    if (current === null) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && loadByItself(),
      { rootMargin: AHEAD },
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, []);

  const press = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    void load(true);
  };

  return (
    <div ref={end} className="mt-[14px]">
      {state === 'loading' && <BlankStock count={2} />}
      <p className="flex flex-wrap items-center gap-x-4" role="status">
        {state === 'failed' && <span>{list.moreFailed}</span>}
        {state === 'loading' && <span className="sr-only">{list.loading}</span>}
      </p>
      <Link href={shopPath(query)} prefetch={false} onClick={press} className={button.quiet}>
        {state === 'failed' ? list.again : list.more}
      </Link>
    </div>
  );
};

/** Which pages of the list are in sight, or nearly. */
const usePagesInSight = (
  root: RefObject<HTMLElement | null>,
  entries: readonly Entry[],
): ReadonlySet<number> => {
  const [inSight, setInSight] = useState<ReadonlySet<number>>(new Set());
  // Without the hooks of a list that has only one page.
  const hasPages = entries.some(({ page }) => page > 0);
  useEffect(() => {
    const { current } = root;
    if (current === null || !hasPages || entries.length === 0) return;
    const places = new Map<Element, number>();
    const observer = new IntersectionObserver(
      (changes) => {
        for (const { target, isIntersecting } of changes) {
          if (isIntersecting) places.set(target, Number(target.getAttribute('data-page')));
          else places.delete(target);
        }
        const pages = new Set(places.values());
        setInSight((before) => (isSame(before, pages) ? before : pages));
      },
      { rootMargin: '200px 0px' },
    );
    for (const place of current.children) observer.observe(place);
    return () => observer.disconnect();
  }, [root, hasPages, entries]);
  return inSight;
};

const isSame = (one: ReadonlySet<number>, other: ReadonlySet<number>): boolean =>
  one.size === other.size && [...one].every((each) => other.has(each));

/** Closes the places of what is gone when the visitor scrolls, which moves everything anyway, or looks elsewhere. */
const useClosingUp = (isDue: boolean, onClose: () => void): void => {
  const close = useEffectEvent(onClose);
  useEffect(() => {
    if (!isDue) return;
    const ending = new AbortController();
    const options = { passive: true, once: true, signal: ending.signal };
    const listen = setTimeout(() => {
      window.addEventListener('scroll', () => close(), options);
      document.addEventListener('visibilitychange', () => close(), options);
    }, SLIDE_MS);
    return () => {
      clearTimeout(listen);
      ending.abort();
    };
  }, [isDue]);
};
