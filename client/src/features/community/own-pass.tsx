import Link from 'next/link';
import { Mark } from '../../shared/person/mark.tsx';
import { OWN_PATH, personPath } from '../../shared/person/person-path.ts';
import { stockOf } from '../../shared/strip/stock.ts';
import { stockClass } from '../../shared/strip/stock-class.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { visitor } from '../session/current-user.ts';
import { signInPath } from '../session/return-path.ts';
import { findOwnProfile } from './find-posts.ts';
import styles from './frame.module.css';

const { pass: words, write } = texts.community;

/** Who one is among the others, and what holds for everybody. */
export const OwnPass = async ({ path }: { path: string }) => {
  const user = await visitor();
  const profile = user === null ? null : await findOwnProfile();
  if (profile === undefined) return <div className="max-[999px]:hidden" />;
  return (
    <aside
      aria-label={words.label}
      className={`${styles.pass} ${user === null ? styles.paper : stockClass(stockOf(user.id))}`}
    >
      <span aria-hidden="true" className={styles.slot} />
      {profile !== null ? (
        <>
          <p className={styles.who}>
            <Mark userId={profile.userId} className="h-[18px] min-[1000px]:h-9" />
            <bdi className="title regular text-lg">{profile.name}</bdi>
            <span className={`${styles.words} font-mono text-xs`}>@{profile.handle}</span>
          </p>
          <p className="flex flex-wrap gap-x-5">
            <Link href={personPath(profile.handle)} prefetch={false} className={button.quiet}>
              {words.profile}
            </Link>
            <Link href={OWN_PATH} prefetch={false} className={`${button.quiet} max-[999px]:hidden`}>
              {words.edit}
            </Link>
          </p>
        </>
      ) : user !== null ? (
        <>
          <p className="title regular py-1.5 text-lg">{words.without}</p>
          <p className={styles.words}>{words.withoutText}</p>
          <p>
            <Link href={OWN_PATH} prefetch={false} className={button.quiet}>
              {words.make}
            </Link>
          </p>
        </>
      ) : (
        <>
          <p className="title regular py-1.5 text-lg">{words.visitor}</p>
          <p className={styles.words}>{words.visitorText}</p>
          <p className="py-1">
            <Link href={signInPath(path)} prefetch={false} className={button.onStock}>
              {write.signIn}
            </Link>
          </p>
        </>
      )}
      <p className={styles.rules}>{words.rules}</p>
    </aside>
  );
};
