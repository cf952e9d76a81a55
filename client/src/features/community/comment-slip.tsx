'use client';
import Link from 'next/link';
import type { Comment } from '../../shared/api/types.ts';
import { PersonLine } from '../../shared/person/person-line.tsx';
import { Prose } from '../../shared/prose/prose.tsx';
import { reportPath } from '../../shared/report-path.ts';
import { texts } from '../../shared/texts/index.ts';
import { TimeAgo } from '../../shared/time/time-ago.tsx';
import { button } from '../../shared/ui/button.ts';
import { DeleteVerb } from './delete-verb.tsx';
import { LikeButton } from './like-button.tsx';
import { Slip } from './slip.tsx';
import { postPath } from './which.ts';

const words = texts.community.post;

interface CommentSlipProps {
  readonly comment: Comment;
  readonly visitorId: string | undefined;
  /** Who wrote the post above may delete it, too. */
  readonly isUnderOwn: boolean;
  readonly path: string;
  readonly asOf: number;
}

/** A comment, on a slip of its own. */
export const CommentSlip = ({ comment, visitorId, isUnderOwn, path, asOf }: CommentSlipProps) => {
  const { id, postId, author, text, createdAt } = comment;
  const isOwn = author.userId === visitorId;
  const by = `by-${id}`;
  return (
    <Slip aria-labelledby={by}>
      <div className="flex items-start justify-between gap-x-3">
        <div id={by} className="min-w-0 flex-1">
          <PersonLine person={author} />
        </div>
        <p className="flex min-h-11 flex-none items-center font-mono text-xs">
          <TimeAgo iso={createdAt} asOf={asOf} />
        </p>
      </div>
      <Prose text={text} className="max-w-[70ch]" />
      <div className="flex flex-wrap items-center gap-x-5">
        <LikeButton what="comments" liked={comment} visitorId={visitorId} path={path} />
        {!isOwn && (
          <Link
            href={reportPath({ commentId: id }, postPath(postId))}
            prefetch={false}
            className={`${button.quiet} ml-auto`}
          >
            {words.report}
          </Link>
        )}
        {(isOwn || isUnderOwn) && (
          <DeleteVerb postId={postId} commentId={id} className={isOwn ? 'ml-auto' : ''} />
        )}
      </div>
    </Slip>
  );
};
