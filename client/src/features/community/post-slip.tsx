'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { PersonLine } from '../../shared/person/person-line.tsx';
import { Prose } from '../../shared/prose/prose.tsx';
import { reportPath } from '../../shared/report-path.ts';
import { stockOf } from '../../shared/strip/stock.ts';
import { texts } from '../../shared/texts/index.ts';
import { TimeAgo } from '../../shared/time/time-ago.tsx';
import { useNow } from '../../shared/time/use-now.ts';
import { button } from '../../shared/ui/button.ts';
import { LikeButton } from './like-button.tsx';
import { Slip } from './slip.tsx';
import { TicketStub } from './ticket-stub.tsx';
import type { Told } from './told.ts';
import { postPath } from './which.ts';
import { editableUntil } from './writing.ts';

const words = texts.community.post;

interface PostSlipProps {
  readonly told: Told;
  readonly visitorId: string | undefined;
  /** Of the page that it is on. */
  readonly path: string;
  /** The server's clock when it rendered, in milliseconds since 1970. */
  readonly asOf: number;
  /** The ticket that the page is about: its stub need not hang here as well. */
  readonly onTicket?: string | undefined;
  /** What its author can do with it, on its own page. */
  readonly verbs?: ReactNode;
}

/** A post: who said what, about what, and what can be done with it. */
export const PostSlip = ({ told, visitorId, path, asOf, onTicket, verbs }: PostSlipProps) => {
  const { post, ticket } = told;
  const { id, author, text, createdAt, editedAt, comments } = post;
  const isOwn = author.userId === visitorId;
  const by = `by-${id}`;
  const isEditable = useNow(asOf) <= editableUntil(post);
  const about = onTicket ?? ticket?.id;
  return (
    <Slip
      aria-labelledby={by}
      stock={about === undefined ? undefined : stockOf(about)}
      stub={ticket === undefined || onTicket !== undefined ? undefined : <TicketStub ticket={ticket} />}
    >
      <div className="flex items-start justify-between gap-x-3">
        <div id={by} className="min-w-0 flex-1">
          <span className="sr-only">{words.by('')}</span>
          <PersonLine person={author} />
        </div>
        <p className="flex min-h-11 flex-none items-center font-mono text-xs">
          <span>
            {editedAt !== undefined && `${words.edited} · `}
            <TimeAgo iso={createdAt} asOf={asOf} />
          </span>
        </p>
      </div>
      <Prose text={text} className="my-2 max-w-[60ch] text-[1.125rem] leading-[1.45] sm:text-lg" />
      <div className="mt-auto flex flex-wrap items-center gap-x-5">
        <LikeButton what="posts" liked={post} visitorId={visitorId} path={path} />
        {verbs === undefined && (
          <Link href={`${postPath(id)}#comments`} prefetch={false} className={button.quiet}>
            {comments === 0 ? words.comment : words.comments(comments)}
          </Link>
        )}
        {!isOwn ? (
          <Link href={reportPath({ postId: id })} prefetch={false} className={`${button.quiet} ml-auto`}>
            {words.report}
          </Link>
        ) : (
          (verbs ?? (
            <Link href={postPath(id)} prefetch={false} className={`${button.quiet} ml-auto`}>
              {isEditable ? words.change : texts.community.own.delete}
            </Link>
          ))
        )}
      </div>
    </Slip>
  );
};
