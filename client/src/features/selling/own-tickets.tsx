'use client';
import { useEffect, useRef } from 'react';
import { requestPage } from '../../shared/api/browser.ts';
import { toPage } from '../../shared/api/pages.ts';
import type { Page, Ticket } from '../../shared/api/types.ts';
import { OlderLinks } from '../../shared/polling/older-links.tsx';
import { useOlder } from '../../shared/polling/use-older.ts';
import { usePolling } from '../../shared/polling/use-polling.ts';
import { texts } from '../../shared/texts/index.ts';
import { NotUpToDate } from '../session/not-up-to-date.tsx';
import { ownPath } from './own-path.ts';
import { OwnTicket } from './own-ticket.tsx';

const LOOK_AGAIN_MS = 5_000;

const words = texts.selling.mine;

interface OwnTicketsProps {
  readonly page: Page<Ticket>;
  /** Of the page shown; none for the newest. */
  readonly cursor: string | undefined;
  /** The server's clock when it rendered, in milliseconds since 1970. */
  readonly asOf: number;
  /** What has just been done, in words. */
  readonly news: string | undefined;
}

/** The seller's own tickets, newest first; what becomes of them is seen without a reload. */
export const OwnTickets = ({ page, cursor, asOf, news }: OwnTicketsProps) => {
  const { data, error, clock } = usePolling<Page<Ticket>>({
    url: ownPath(cursor),
    initial: page,
    interval: LOOK_AGAIN_MS,
    read: toPage<Ticket>,
    asOf,
  });
  const older = useOlder<Ticket>(page, (next) => requestPage(ownPath(next)));
  const now = new Date(clock.now());
  const tickets = [...data.items, ...older.items];

  const list = useRef<HTMLUListElement>(null);
  const [firstOlder] = older.items.slice(older.before);
  useEffect(() => {
    // The link may be gone that had the focus; and what came with it begins here.
    if (firstOlder !== undefined)
      list.current?.querySelector<HTMLElement>(`#title-${firstOlder.id} a`)?.focus();
  }, [firstOlder]);

  // Said once, and not again when the page is loaded anew.
  useEffect(() => {
    if (news !== undefined) window.history.replaceState(window.history.state, '', window.location.pathname);
  }, [news]);

  return (
    <>
      <div role="status" className="font-semibold">
        {news !== undefined && <p className="mb-4">{news}</p>}
      </div>
      <ul ref={list} className="grid grid-cols-[minmax(0,1fr)] gap-[14px] min-[900px]:grid-cols-2">
        {tickets.map((ticket) => (
          <li key={ticket.id} className="min-w-0">
            <OwnTicket ticket={ticket} now={now} />
          </li>
        ))}
      </ul>
      <OlderLinks
        older={older}
        path="/tickets/mine"
        cursor={cursor}
        words={{ more: words.more, loading: words.loadingMore, newest: words.first }}
      />
      <NotUpToDate
        error={error}
        failed={older.hasFailed ? words.moreFailed : undefined}
        path="/tickets/mine"
      />
    </>
  );
};
