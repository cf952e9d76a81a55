import Link from 'next/link';
import { redirect } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import type { OwnProfile, Page, Person } from '../../shared/api/types.ts';
import { OWN_PATH, personPath } from '../../shared/person/person-path.ts';
import { widthOf } from '../../shared/strip/title.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { Notice } from '../../shared/ui/notice.tsx';
import { signedInOrSending } from '../session/current-user.ts';
import { findOwnProfile, findPeople } from './find-people.ts';
import { PeopleList } from './people-list.tsx';
import { valuesOf } from './profile-fields.ts';
import { ProfileForm } from './profile-form.tsx';
import { SaidOnce } from './said-once.tsx';

const { own, block } = texts.people;

interface OwnPageProps {
  /** Where the lists begin. */
  readonly following: string | undefined;
  readonly blocked: string | undefined;
  /** The handle of who has just been blocked. */
  readonly done: string | undefined;
  readonly isSaved: boolean;
}

/** One's own profile, to make and to change, and the people that one follows and has blocked. */
export const OwnProfilePage = async ({ following, blocked, done, isSaved }: OwnPageProps) => {
  const found = await find(following, blocked);
  if (found === 'no answer') {
    const { title, text, again } = texts.shop.error;
    return <Notice creased title={title} text={text} verb={{ href: OWN_PATH, label: again }} />;
  }
  const { userId, profile, followed, blockedPeople } = found;
  const isNew = profile === undefined && userId !== NOBODY;
  const { title } = isNew ? own.invitation : own;
  const isBlocked = blockedPeople.items.some(({ handle }) => handle === done);
  return (
    <>
      <div className="mt-2 mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h1 className={`title text-xl ${widthOf(title)}`}>{title}</h1>
        {profile !== undefined && !profile.hidden && (
          <Link href={personPath(profile.handle)} className={button.quiet}>
            {own.toIt}
          </Link>
        )}
      </div>
      <SaidOnce>
        {isBlocked && done !== undefined
          ? block.isDone(done)
          : isSaved && profile?.hidden
            ? own.isSavedHidden
            : undefined}
      </SaidOnce>
      {isNew && <p className="mb-4 max-w-prose">{own.invitation.text}</p>}
      {profile?.hidden && (
        <p className="mb-4 max-w-prose border-warn border-l-4 py-1 pl-3 font-semibold text-warn">
          {own.hidden}
        </p>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-12 gap-y-10 lg:grid-cols-[minmax(0,36rem)_minmax(0,1fr)]">
        <ProfileForm
          userId={userId}
          initial={{ values: valuesOf(profile), errors: {} }}
          isThere={profile !== undefined}
          handleStaysUntil={profile?.handleStaysUntil}
        />
        <div className="grid gap-10">
          <PeopleList key={`following ${following}`} kind="following" page={followed} cursor={following} />
          <PeopleList key={`blocked ${blocked}`} kind="blocked" page={blockedPeople} cursor={blocked} />
        </div>
      </div>
    </>
  );
};

interface Found {
  readonly userId: string;
  readonly profile: OwnProfile | undefined;
  readonly followed: Page<Person>;
  readonly blockedPeople: Page<Person>;
}

/** Whose session has ended. */
const NOBODY = '';
const nobody: Page<Person> = { items: [] };

const find = async (
  following: string | undefined,
  blocked: string | undefined,
): Promise<Found | 'no answer'> => {
  try {
    const user = await signedInOrSending(OWN_PATH);
    // The session ended before they pressed: the form says so, and what they typed stands in it.
    if (user === null) return { userId: NOBODY, profile: undefined, followed: nobody, blockedPeople: nobody };
    const [profile, followed, blockedPeople] = await Promise.all([
      findOwnProfile(),
      findPeople('following', following),
      findPeople('blocked', blocked),
    ]);
    return { userId: user.id, profile, followed, blockedPeople };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Of an old link.
    if (error.is('invalid_cursor') || error.is('invalid_field')) redirect(OWN_PATH);
    if (error.isTemporary) return 'no answer';
    throw error;
  }
};
