import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { ApiError } from '../../shared/api/api-error.ts';
import type { Page } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { Notice } from '../../shared/ui/notice.tsx';
import { visitor } from '../session/current-user.ts';
import { findPosts } from './find-posts.ts';
import { Posts } from './posts.tsx';
import type { Told } from './told.ts';
import type { Which } from './which.ts';

interface PostListProps extends Which {
  /** Of the page that the list is on, without where it begins: `/people/mira_oe`. */
  readonly path: string;
  /** Where it begins, as the page's address says. */
  readonly cursor: string | undefined;
  /** Where one writes; only where somebody answers. */
  readonly form?: ReactNode;
  /** What is shown where there is nothing. */
  readonly empty: ReactNode;
  /** The ticket that the page is about. */
  readonly onTicket?: string | undefined;
}

/**
 * A page of posts, newest first: everybody's, or of an `author`, or about a ticket (`ticketId`), or of those whom the
 * visitor follows (`feed`). Where nobody answers it says so in its place.
 */
export const PostList = async ({
  author,
  ticketId,
  feed,
  path,
  cursor,
  form,
  empty,
  onTicket,
}: PostListProps) => {
  const which: Which = {
    ...(author === undefined ? {} : { author }),
    ...(ticketId === undefined ? {} : { ticketId }),
    ...(feed === undefined ? {} : { feed }),
  };
  const [page, user] = await Promise.all([find(which, path, cursor), visitor()]);
  if (page === 'no answer') {
    const { title, text } = texts.community.away;
    const again = { href: path, label: texts.shop.error.again };
    return <Notice heading="h2" creased title={title} text={text} verb={again} />;
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      {form}
      {page.items.length === 0 && cursor === undefined ? (
        empty
      ) : (
        <Posts
          // What was read on belongs to the page that it came after.
          key={`${cursor ?? ''} ${page.next ?? ''}`}
          which={which}
          page={page}
          path={path}
          cursor={cursor}
          visitorId={user?.id}
          asOf={Date.now()}
          onTicket={onTicket}
        />
      )}
    </div>
  );
};

const find = async (
  which: Which,
  path: string,
  cursor: string | undefined,
): Promise<Page<Told> | 'no answer'> => {
  try {
    return await findPosts(which, cursor);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Of an old link, or of another list.
    if (cursor !== undefined && error.status === 400) redirect(path);
    if (error.isTemporary || error.is('not_signed_in')) return 'no answer';
    throw error;
  }
};
