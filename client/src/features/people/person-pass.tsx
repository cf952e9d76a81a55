import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Profile } from '../../shared/api/types.ts';
import { OWN_PATH } from '../../shared/person/person-path.ts';
import { reportPath } from '../../shared/report-path.ts';
import { widthIn } from '../../shared/strip/title.ts';
import { texts } from '../../shared/texts/index.ts';
import { LocalTime } from '../../shared/time/local-time.tsx';
import { button } from '../../shared/ui/button.ts';
import { BlockForm } from './block-form.tsx';
import { FollowForm } from './follow-form.tsx';
import { linkText } from './link-text.ts';
import { Pass } from './pass.tsx';

const words = texts.people.pass;

/** How much of a name's size fits on the narrowest pass (title.ts). */
const ROOM = 6.8;

interface PersonPassProps {
  readonly profile: Profile;
  /** The visitor's own. */
  readonly isOwn: boolean;
  readonly isSignedIn: boolean;
}

/** Somebody's pass: who they are, and what the visitor can do about it. */
export const PersonPass = ({ profile, isOwn, isSignedIn }: PersonPassProps) => {
  const { userId, handle, name, about, city, since, links } = profile;
  return (
    <Pass userId={userId} stays aria-labelledby="name">
      <div>
        <h1 id="name" dir="auto" className={`title text-xl ${widthIn(name, ROOM)}`}>
          {name}
        </h1>
        <p className="mt-2 font-mono text-xs">@{handle}</p>
      </div>
      {about !== undefined && (
        <p dir="auto" className="whitespace-pre-line wrap-anywhere">
          {about}
        </p>
      )}
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-5 gap-y-2">
        {city !== undefined && (
          <Fact name={words.city}>
            <bdi>{city}</bdi>
          </Fact>
        )}
        <Fact name={words.since}>
          <LocalTime iso={since} style="month" />
        </Fact>
        {links.length > 0 && (
          <Fact name={words.elsewhere}>
            <ul className="-my-2.5">
              {links.map((link) => (
                <li key={link}>
                  <a
                    href={link}
                    rel="ugc nofollow noopener"
                    className="inline-block py-2.5 font-normal underline decoration-1 underline-offset-4 hover:decoration-2"
                  >
                    {linkText(link, links)}
                  </a>
                </li>
              ))}
            </ul>
          </Fact>
        )}
      </dl>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        {isOwn ? (
          <Link href={OWN_PATH} className={button.onStock}>
            {words.edit}
          </Link>
        ) : (
          <>
            <FollowForm person={profile} />
            {isSignedIn && <BlockForm person={profile} />}
            <Link href={reportPath({ handle })} prefetch={false} className={button.quiet}>
              {words.report}
              <span className="sr-only"> {name}</span>
            </Link>
          </>
        )}
      </div>
    </Pass>
  );
};

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt>{name}</dt>
    <dd className="font-semibold wrap-anywhere">{children}</dd>
  </>
);
