import { randomUUID } from 'node:crypto';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound, redirect } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import type { Comment, Page } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { Notice } from '../../shared/ui/notice.tsx';
import { visitor } from '../session/current-user.ts';
import { signInPath } from '../session/return-path.ts';
import { CommentForm } from './comment-form.tsx';
import { Comments } from './comments.tsx';
import { DeleteVerb } from './delete-verb.tsx';
import { EditVerb } from './edit-verb.tsx';
import { findComments, findPost } from './find-posts.ts';
import { Frame } from './frame.tsx';
import { News } from './news.tsx';
import { PostSlip } from './post-slip.tsx';
import { Slip } from './slip.tsx';
import type { Told } from './told.ts';
import { anchorOf, type News as NewsOf, postPath } from './which.ts';

const words = texts.community;
/** Of a post, in the title of its page. */
const MOST_OF_TITLE = 60;

/** What a post's page is called, and what a link to it shows elsewhere. */
export const describePost = async (id: string): Promise<Metadata> => {
  try {
    const { author, text } = (await findPost(id)).post;
    const title = words.post.by(author.name);
    const description = [...text.replace(/\s+/g, ' ')];
    const short =
      description.length > MOST_OF_TITLE * 3
        ? `${description.slice(0, MOST_OF_TITLE * 3).join('')}…`
        : description.join('');
    return {
      title,
      description: short,
      openGraph: { title, description: short, siteName: texts.shop.name },
    };
  } catch (error) {
    // What the page makes of it, it decides itself.
    if (error instanceof ApiError)
      return { title: error.isTemporary ? words.away.title : words.notFound.title };
    throw error;
  }
};

interface PostPageProps {
  readonly id: string;
  readonly cursor: string | undefined;
  readonly news: NewsOf | undefined;
}

/** One post, with what is said beneath it. */
export const PostPage = async ({ id, cursor, news }: PostPageProps) => {
  const path = postPath(id);
  const [told, comments, user] = await Promise.all([find(id), findThread(id, cursor), visitor()]);
  if (told === 'no answer') {
    const { title, text } = words.away;
    const again = { href: path, label: texts.shop.error.again };
    return <Notice creased title={title} text={text} verb={again} />;
  }
  const { post } = told;
  const isOwn = user !== null && post.author.userId === user.id;
  const asOf = Date.now();
  return (
    <Frame path={path}>
      <h1 className="sr-only">{words.post.by(post.author.name)}</h1>
      <News
        text={sayNews(news, comments)}
        anchor={news?.id === undefined ? undefined : anchorOf(news.id)}
        path={path}
        asOf={asOf}
      />
      <div id={anchorOf(id)} tabIndex={-1}>
        <PostSlip
          told={told}
          visitorId={user?.id}
          path={path}
          asOf={asOf}
          verbs={
            isOwn ? (
              <>
                <EditVerb key={news?.said === 'saved' ? asOf : ''} post={post} path={path} asOf={asOf} />
                <DeleteVerb postId={id} />
              </>
            ) : null
          }
        />
      </div>
      <section id="comments" aria-labelledby="comments-title">
        <h2 id="comments-title" className="sr-only">
          {words.thread.title}
        </h2>
        {comments === 'no answer' ? (
          <p className="mt-4">{words.thread.away}</p>
        ) : (
          <Comments
            key={`${cursor ?? ''} ${comments.next ?? ''} ${news?.id ?? ''}`}
            postId={id}
            page={comments}
            cursor={cursor}
            visitorId={user?.id}
            isUnderOwn={isOwn}
            path={path}
            asOf={asOf}
            form={
              user === null ? (
                <SignIn path={path} isFirst={comments.items.length === 0} />
              ) : (
                <CommentForm key={news?.id ?? ''} postId={id} attempt={randomUUID()} path={path} />
              )
            }
          />
        )}
      </section>
    </Frame>
  );
};

const SignIn = ({ path, isFirst }: { path: string; isFirst: boolean }) => (
  <Slip as="div">
    <p className="flex flex-wrap items-center justify-between gap-x-5">
      {isFirst && words.thread.none}
      <Link href={signInPath(path)} prefetch={false} className={button.quiet}>
        {words.thread.signIn}
      </Link>
    </p>
  </Slip>
);

const sayNews = (news: NewsOf | undefined, comments: Page<Comment> | 'no answer'): string | undefined => {
  if (news === undefined) return undefined;
  const isHere = comments !== 'no answer' && comments.items.some(({ id }) => id === news.id);
  if (news.said === 'commented' && !isHere) return words.said.commentedAtTheEnd;
  return words.said[news.said];
};

const find = async (id: string): Promise<Told | 'no answer'> => {
  try {
    return await findPost(id);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404 || error.status === 400) notFound();
    if (error.isTemporary) return 'no answer';
    throw error;
  }
};

const findThread = async (id: string, cursor: string | undefined): Promise<Page<Comment> | 'no answer'> => {
  try {
    return await findComments(id, cursor);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) return { items: [] };
    // Of an old link, or of another post; what is no id of a post, the post itself says.
    if (error.status === 400) return cursor === undefined ? { items: [] } : redirect(postPath(id));
    if (error.isTemporary) return 'no answer';
    throw error;
  }
};
