import Link from 'next/link';
import type { ReactNode } from 'react';
import { texts } from '../../shared/texts/index.ts';
import styles from './frame.module.css';
import { OwnPass } from './own-pass.tsx';
import { Tabs } from './tabs.tsx';
import { COMMUNITY } from './which.ts';

interface FrameProps {
  /** Where signing in leads back to. */
  readonly path: string;
  /** Of the list that the page is, whose title this is; undefined on a page about something else. */
  readonly here?: string;
  readonly children: ReactNode;
}

/** What stands around posts: whose one sees, and who one is. */
export const Frame = ({ path, here, children }: FrameProps) => {
  const { title } = texts.community;
  return (
    <>
      <div className="mt-2 mb-4 flex flex-wrap items-baseline gap-x-8 gap-y-1">
        {here !== undefined ? (
          <h1 className="title wide text-xl max-[359px]:regular">{title}</h1>
        ) : (
          <p className="title wide text-xl max-[359px]:regular">
            <Link href={COMMUNITY} className="decoration-2 underline-offset-6 hover:underline">
              {title}
            </Link>
          </p>
        )}
        <Tabs here={here} />
      </div>
      <div className={styles.frame}>
        <OwnPass path={path} />
        <div className="min-w-0">{children}</div>
      </div>
    </>
  );
};
