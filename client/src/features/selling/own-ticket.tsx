'use client';
import Link from 'next/link';
import { useActionState, useEffect, useRef } from 'react';
import type { Ticket } from '../../shared/api/types.ts';
import { Price, TicketNumber, WhenAndWhere } from '../../shared/strip/printed.tsx';
import { Strip } from '../../shared/strip/strip.tsx';
import { widthOf } from '../../shared/strip/title.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { FormMessage } from '../../shared/ui/form-message.tsx';
import { SubmitButton } from '../../shared/ui/submit-button.tsx';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { withdraw } from './actions.ts';
import styles from './own-ticket.module.css';
import { PaperClip } from './paper-clip.tsx';
import { type Standing, standingOf, tears } from './standing.ts';
import { WhyLocked } from './why-locked.tsx';

const words = texts.selling.mine;

/** One of the seller's own: what became of it, and what can be done with it. */
export const OwnTicket = ({ ticket, now }: { ticket: Ticket; now: Date }) => {
  const { id, title } = ticket;
  const standing = standingOf(ticket, now);
  const tear = tears[standing];
  const [state, withdrawAction] = useActionState(withdraw, {});
  const heading = useRef<HTMLAnchorElement>(null);

  // What was pressed is gone then; or perhaps, where it was refused.
  const refusal = useRefusalFocus<HTMLDivElement>(state.message === undefined ? null : state);
  useEffect(() => {
    if (state.isDone) heading.current?.focus();
  }, [state]);

  return (
    <div ref={refusal} className={styles.own}>
      <Strip
        id={id}
        tear={tear}
        aria-labelledby={`title-${id}`}
        className="h-full"
        stub={
          <>
            <Price ticket={ticket} />
            <Verb ticket={ticket} standing={standing} />
          </>
        }
      >
        <h2 id={`title-${id}`} className={`title text-strip ${widthOf(title)}`}>
          <Link
            ref={heading}
            href={`/tickets/${id}`}
            prefetch={false}
            className="decoration-2 underline-offset-4 hover:underline"
          >
            {title}
          </Link>
        </h2>
        <WhenAndWhere ticket={ticket} />
        {standing === 'locked' && (
          <p className="font-semibold">
            <WhyLocked ticket={ticket} />
          </p>
        )}
        {state.message !== undefined && (
          <FormMessage surface={tear === 'outline' ? 'counter' : 'stock'}>{state.message}</FormMessage>
        )}
        <p role="status" className="sr-only">
          {state.isDone && words.isWithdrawn(title)}
        </p>
        <div className="mt-auto flex flex-wrap items-center justify-between gap-x-4">
          <TicketNumber ticket={ticket}>
            {isOnStub(standing) ? '' : ` · ${words.standing[standing]}`}
          </TicketNumber>
          {standing === 'on sale' && (
            <details className={styles.withdraw}>
              <summary className={button.quiet}>
                {words.withdraw}
                <span className="sr-only">: {title}</span>
              </summary>
              <form action={withdrawAction} className="flex flex-wrap items-center gap-x-4 gap-y-1 pb-1">
                <input type="hidden" name="ticket" value={id} />
                <p>{words.withdrawWhy}</p>
                <SubmitButton pending={words.withdrawing}>{words.withdrawIt}</SubmitButton>
              </form>
            </details>
          )}
        </div>
      </Strip>
      {standing === 'locked' && <PaperClip className={styles.clip ?? ''} />}
    </div>
  );
};

/** Nothing can be done with it: the stub says why. */
const isOnStub = (standing: Standing): boolean => standing === 'locked' || standing === 'sold';

/** The one thing to do, on the stub; or where nothing is to be done, what it is. */
const Verb = ({ ticket: { id, title }, standing }: { ticket: Ticket; standing: Standing }) => {
  if (isOnStub(standing))
    return <p className="font-semibold first-letter:uppercase">{words.standing[standing]}</p>;
  const isOnSale = standing === 'on sale';
  return (
    <Link
      href={isOnSale ? `/tickets/${id}/edit` : `/tickets/new?like=${id}`}
      prefetch={false}
      className={`${isOnSale ? button.onStock : button.onCounter} w-full text-center max-sm:px-2`}
    >
      {isOnSale ? words.edit : words.sellAgain}
      <span className="sr-only">: {title}</span>
    </Link>
  );
};
