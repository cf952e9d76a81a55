'use client';
import { useEffect, useRef } from 'react';
import type { Page } from '../../shared/api/types.ts';
import { OlderLinks } from '../../shared/polling/older-links.tsx';
import { useOlder } from '../../shared/polling/use-older.ts';
import { texts } from '../../shared/texts/index.ts';
import { askPosts } from './ask-posts.ts';
import { PostSlip } from './post-slip.tsx';
import { type Told, withoutRepeats } from './told.ts';
import { anchorOf, type Which } from './which.ts';

const words = texts.community.list;

interface PostsProps {
  readonly which: Which;
  /** As the server rendered it. */
  readonly page: Page<Told>;
  /** Of the list's own page, without where it begins. */
  readonly path: string;
  readonly cursor: string | undefined;
  readonly visitorId: string | undefined;
  readonly asOf: number;
  /** The ticket that the page is about. */
  readonly onTicket?: string | undefined;
}

/** Posts, newest first, and the way to what is older. */
export const Posts = ({ which, page, path, cursor, visitorId, asOf, onTicket }: PostsProps) => {
  const older = useOlder<Told>(page, (next) => askPosts(which, next));
  const posts = withoutRepeats([...page.items, ...older.items], ({ post }) => post.id);

  const list = useRef<HTMLOListElement>(null);
  const [firstOlder] = older.items.slice(older.before);
  useEffect(() => {
    // The link may be gone that had the focus; and what came with it begins here.
    if (firstOlder !== undefined)
      list.current?.querySelector<HTMLElement>(`#${anchorOf(firstOlder.post.id)} a`)?.focus();
  }, [firstOlder]);

  return (
    <div>
      <ol ref={list} className="grid grid-cols-[minmax(0,1fr)] gap-5">
        {posts.map((told) => (
          <li key={told.post.id} id={anchorOf(told.post.id)} tabIndex={-1} className="min-w-0">
            <PostSlip told={told} visitorId={visitorId} path={path} asOf={asOf} onTicket={onTicket} />
          </li>
        ))}
      </ol>
      {posts.length === 0 && <p>{words.end}</p>}
      <OlderLinks
        older={older}
        path={path}
        cursor={cursor}
        words={{ more: words.older, loading: words.loading, newest: words.newest }}
      />
      <p role="status" className="text-quiet">
        {older.hasFailed && words.failed}
      </p>
    </div>
  );
};
