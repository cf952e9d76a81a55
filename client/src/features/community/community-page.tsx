import { randomUUID } from 'node:crypto';
import Link from 'next/link';
import { ApiError } from '../../shared/api/api-error.ts';
import { texts } from '../../shared/texts/index.ts';
import { signedInUser, visitor } from '../session/current-user.ts';
import { findAbout } from './find-posts.ts';
import { Frame } from './frame.tsx';
import { News } from './news.tsx';
import { NothingYet } from './nothing-yet.tsx';
import { PostList } from './post-list.tsx';
import { anchorOf, COMMUNITY, type FeedQuery, feedPath, writePath } from './which.ts';
import { WriteForm } from './write-form.tsx';

const words = texts.community;

/** What people say: everybody, the people one follows, or all who say something about a ticket. */
export const CommunityPage = async ({ query: { which, cursor, about, news } }: { query: FeedQuery }) => {
  const path = feedPath(which);
  const isFollowing = which.feed === 'following';
  const user = isFollowing ? await somebody(path) : await visitor();
  const ticket = about === undefined ? undefined : await findAbout(about);
  const isAboutTicket = which.ticketId !== undefined;
  const asOf = Date.now();
  return (
    <Frame path={about === undefined || isAboutTicket ? path : writePath(about)} here={path}>
      <News
        text={news === undefined ? undefined : words.said[news.said]}
        anchor={news?.id === undefined ? undefined : anchorOf(news.id)}
        path={path}
        asOf={asOf}
      />
      {isAboutTicket && (
        <h2 dir="auto" className="title regular mb-4 text-lg text-start">
          {ticket === undefined ? (
            words.aboutSomething
          ) : (
            <Link href={`/tickets/${ticket.id}`} className="underline decoration-1 underline-offset-4">
              {words.about(ticket.title)}
            </Link>
          )}
        </h2>
      )}
      <PostList
        {...which}
        path={path}
        cursor={cursor}
        onTicket={isAboutTicket ? ticket?.id : undefined}
        form={
          user !== null &&
          !isFollowing &&
          cursor === undefined && (
            <WriteForm key={news?.id ?? ''} about={ticket} attempt={randomUUID()} path={path} />
          )
        }
        empty={<Empty which={which} />}
      />
    </Frame>
  );
};

/** The visitor, signed in; null while auth is away, and then the list says the rest. */
const somebody = async (path: string) => {
  try {
    return await signedInUser(path);
  } catch (error) {
    if (error instanceof ApiError && error.isTemporary) return null;
    throw error;
  }
};

const Empty = ({ which }: Pick<FeedQuery, 'which'>) => {
  const { everybody, following, ticket } = words.empty;
  if (which.feed === 'following')
    return (
      <NothingYet
        title={following.title}
        text={following.text}
        verb={{ href: COMMUNITY, label: following.verb }}
      />
    );
  return <NothingYet {...(which.ticketId === undefined ? everybody : ticket)} />;
};
