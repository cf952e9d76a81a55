import type { Metadata } from 'next';
import { PostList } from '../../../features/community/post-list.tsx';
import { describePerson } from '../../../features/people/describe-person.ts';
import { PersonPass } from '../../../features/people/person-pass.tsx';
import { SaidOnce } from '../../../features/people/said-once.tsx';
import { shownProfile } from '../../../features/people/shown-profile.ts';
import { visitor } from '../../../features/session/current-user.ts';
import { SellsNow } from '../../../features/tickets/sells-now.tsx';
import { personPath } from '../../../shared/person/person-path.ts';
import { type Query, single } from '../../../shared/query.ts';
import { BlankSlip } from '../../../shared/strip/blank-slip.tsx';
import { PerforatedHeading } from '../../../shared/strip/perforated-heading.tsx';
import { texts } from '../../../shared/texts/index.ts';
import { Notice } from '../../../shared/ui/notice.tsx';

const { own, posts } = texts.people;

interface Props {
  readonly params: Promise<{ handle: string }>;
  readonly searchParams: Promise<Query>;
}

export const generateMetadata = async ({ params }: Props): Promise<Metadata> =>
  describePerson((await params).handle);

/** Somebody: their pass, and beside it what they sell and what they say. */
const Page = async ({ params, searchParams }: Props) => {
  const [{ handle }, query] = await Promise.all([params, searchParams]);
  const [profile, user] = await Promise.all([shownProfile(handle), visitor()]);
  if (profile === 'no answer') {
    const { title, text, again } = texts.shop.error;
    return <Notice creased title={title} text={text} verb={{ href: personPath(handle), label: again }} />;
  }
  const isOwn = user?.id === profile.userId;
  return (
    <>
      <SaidOnce>{isOwn && single(query.saved) !== undefined ? own.isSaved : undefined}</SaidOnce>
      <div className="mt-2 grid grid-cols-[minmax(0,1fr)] items-start gap-x-12 gap-y-8 lg:grid-cols-[320px_minmax(0,1fr)]">
        <PersonPass profile={profile} isOwn={isOwn} isSignedIn={user !== null} />
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-10">
          <SellsNow
            seller={profile}
            isOwn={isOwn}
            cursor={single(query.tickets)}
            path={personPath(profile.handle)}
          />
          <section aria-labelledby="posts">
            <PerforatedHeading id="posts">{posts.title}</PerforatedHeading>
            <PostList
              author={profile.userId}
              path={personPath(profile.handle)}
              cursor={single(query.cursor)}
              empty={<BlankSlip>{posts.none(profile.name)}</BlankSlip>}
            />
          </section>
        </div>
      </div>
    </>
  );
};

export default Page;
