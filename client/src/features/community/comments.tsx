'use client';
import { type ReactNode, useEffect, useRef } from 'react';
import { requestPage } from '../../shared/api/browser.ts';
import type { Comment, Page } from '../../shared/api/types.ts';
import { OlderLinks } from '../../shared/polling/older-links.tsx';
import { useOlder } from '../../shared/polling/use-older.ts';
import { texts } from '../../shared/texts/index.ts';
import { CommentSlip } from './comment-slip.tsx';
import styles from './slip.module.css';
import { withoutRepeats } from './told.ts';
import { anchorOf, commentsPath } from './which.ts';

const words = texts.community;

interface CommentsProps {
  readonly postId: string;
  /** As the server rendered it. */
  readonly page: Page<Comment>;
  readonly cursor: string | undefined;
  readonly visitorId: string | undefined;
  /** The visitor wrote the post. */
  readonly isUnderOwn: boolean;
  readonly path: string;
  readonly asOf: number;
  /** Where one writes one's own. */
  readonly form: ReactNode;
}

/** The comments beneath a post, oldest first, and the way to the later ones. */
export const Comments = ({
  postId,
  page,
  cursor,
  visitorId,
  isUnderOwn,
  path,
  asOf,
  form,
}: CommentsProps) => {
  const later = useOlder<Comment>(page, (next) => requestPage(commentsPath(postId, next)));
  const comments = withoutRepeats([...page.items, ...later.items], ({ id }) => id);

  const list = useRef<HTMLOListElement>(null);
  const [firstLater] = later.items.slice(later.before);
  useEffect(() => {
    if (firstLater !== undefined)
      list.current?.querySelector<HTMLElement>(`#${anchorOf(firstLater.id)} a`)?.focus();
  }, [firstLater]);

  const hasLinks = later.next !== undefined || cursor !== undefined;
  return (
    <div className={styles.thread}>
      {comments.length > 0 && (
        <ol ref={list} className="grid grid-cols-[minmax(0,1fr)] gap-[3px]">
          {comments.map((comment) => (
            <li key={comment.id} id={anchorOf(comment.id)} tabIndex={-1} className="min-w-0">
              <CommentSlip
                comment={comment}
                visitorId={visitorId}
                isUnderOwn={isUnderOwn}
                path={path}
                asOf={asOf}
              />
            </li>
          ))}
        </ol>
      )}
      {comments.length === 0 && cursor !== undefined && <p>{words.list.endOfThread}</p>}
      {hasLinks && (
        <div className="mb-6">
          <OlderLinks
            older={later}
            path={path}
            cursor={cursor}
            words={{ more: words.list.later, loading: words.list.loading, newest: words.list.first }}
          />
        </div>
      )}
      {form}
      <p role="status" className="text-quiet">
        {later.hasFailed && words.list.laterFailed}
      </p>
    </div>
  );
};
