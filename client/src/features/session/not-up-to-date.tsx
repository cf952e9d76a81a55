import Link from 'next/link';
import type { ApiError } from '../../shared/api/api-error.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { signInPath } from './return-path.ts';

interface NotUpToDateProps {
  /** Why there is no answer, if there is none. */
  readonly error: ApiError | undefined;
  /** More was asked for, and did not come: what to say then. */
  readonly failed?: string | undefined;
  /** Where signing in leads back to. */
  readonly path: string;
}

/** Says that what is shown may be old, and what helps. */
export const NotUpToDate = ({ error, failed, path }: NotUpToDateProps) => (
  <div role="status" className="text-quiet">
    {failed !== undefined ? (
      <p className="mt-4">{failed}</p>
    ) : (
      error?.isTemporary && <p className="mt-4">{texts.shop.notUpToDate}</p>
    )}
    {error?.is('not_signed_in') && (
      <p className="mt-4">
        {texts.session.signedOut}{' '}
        <Link href={signInPath(path)} className={button.quiet}>
          {texts.shop.nav.signIn}
        </Link>
      </p>
    )}
  </div>
);
