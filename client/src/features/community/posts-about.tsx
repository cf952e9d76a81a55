import Link from 'next/link';
import { type ReactNode, Suspense } from 'react';
import { ApiError } from '../../shared/api/api-error.ts';
import type { Page, Post } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { visitor } from '../session/current-user.ts';
import { findPostsAbout } from './find-posts.ts';
import { PostSlip } from './post-slip.tsx';
import styles from './posts-about.module.css';
import { anchorOf, feedPath, writePath } from './which.ts';

const words = texts.community.onTicket;

/** So many of the newest. */
const SOME = 3;

/**
 * What people say about a ticket, on its page: it waits for nobody, and where community is away it says so in its place.
 * Without script what comes late does not show; then there is the link to it.
 */
export const PostsAbout = ({ ticketId }: { ticketId: string }) => (
  <section aria-labelledby="posts" className={styles.about}>
    <h2 id="posts" className="title regular mb-4 text-lg">
      {words.title}
    </h2>
    <Suspense fallback={<Links all={ticketId} write={ticketId} />}>
      <Some ticketId={ticketId} />
    </Suspense>
  </section>
);

const Some = async ({ ticketId }: { ticketId: string }) => {
  const [page, user] = await Promise.all([find(ticketId), visitor()]);
  if (page === 'no answer') return <p className="text-quiet">{words.away}</p>;
  if (page.items.length === 0)
    return (
      <Links write={ticketId}>
        <p>{words.none}</p>
      </Links>
    );
  return (
    <>
      <ol className="grid grid-cols-[minmax(0,1fr)] gap-5">
        {page.items.map((post) => (
          <li key={post.id} id={anchorOf(post.id)} className="min-w-0">
            <PostSlip
              told={{ post }}
              visitorId={user?.id}
              path={`/tickets/${ticketId}`}
              asOf={Date.now()}
              onTicket={ticketId}
            />
          </li>
        ))}
      </ol>
      <div className="mt-3">
        <Links write={ticketId} {...(page.next === undefined ? {} : { all: ticketId })} />
      </div>
    </>
  );
};

interface LinksProps {
  /** Ids of the ticket. */
  readonly all?: string;
  readonly write: string;
  readonly children?: ReactNode;
}

const Links = ({ all, write, children }: LinksProps) => (
  <div className="flex flex-wrap items-center gap-x-6">
    {children}
    <Link href={writePath(write)} prefetch={false} className={button.quiet}>
      {words.write}
    </Link>
    {all !== undefined && (
      <Link href={feedPath({ ticketId: all })} prefetch={false} className={button.quiet}>
        {words.all}
      </Link>
    )}
  </div>
);

const find = async (ticketId: string): Promise<Page<Post> | 'no answer'> => {
  try {
    return await findPostsAbout(ticketId, SOME);
  } catch (error) {
    if (error instanceof ApiError) return 'no answer';
    throw error;
  }
};
