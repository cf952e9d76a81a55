import Link from 'next/link';
import type { ApiError } from '../../shared/api/api-error.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { signInPath } from '../session/return-path.ts';

const words = texts.orders;

interface NotUpToDateProps {
  /** Why there is no answer, if there is none. */
  readonly error: ApiError | undefined;
  /** More was asked for, and did not come. */
  readonly hasFailed?: boolean;
  /** Where signing in leads back to. */
  readonly path: string;
}

/** Says that what is shown may be old, and what helps. */
export const NotUpToDate = ({ error, hasFailed = false, path }: NotUpToDateProps) => (
  <div role="status" className="mt-6 text-quiet empty:hidden">
    {(error?.isTemporary || hasFailed) && <p className="text-[0.875rem]">{words.notUpToDate}</p>}
    {error?.is('not_signed_in') && (
      <p>
        {words.signedOut}{' '}
        <Link href={signInPath(path)} className={button.quiet}>
          {words.signIn}
        </Link>
      </p>
    )}
  </div>
);
