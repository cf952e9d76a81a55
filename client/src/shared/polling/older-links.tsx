import Link from 'next/link';
import { withQuery } from '../query.ts';
import { button } from '../ui/button.ts';
import type { Older } from './use-older.ts';

interface OlderLinksProps {
  readonly older: Pick<Older<unknown>, 'next' | 'load' | 'isLoading'>;
  /** Of the list's own page: `/orders`. */
  readonly path: string;
  /** Of the page shown; none for the newest. */
  readonly cursor: string | undefined;
  readonly words: { readonly more: string; readonly loading: string; readonly newest: string };
}

/** What stands under a list: the way to what is older, which works before script too, and back to the newest. */
export const OlderLinks = ({ older, path, cursor, words }: OlderLinksProps) => (
  <div className="mt-8 flex flex-wrap items-center gap-x-6 gap-y-2">
    {older.next !== undefined && (
      <Link
        href={withQuery(path, { cursor: older.next })}
        prefetch={false}
        onClick={older.load}
        aria-disabled={older.isLoading || undefined}
        className={button.onCounter}
      >
        {older.isLoading ? words.loading : words.more}
      </Link>
    )}
    {cursor !== undefined && (
      <Link href={path} className={button.quiet}>
        {words.newest}
      </Link>
    )}
  </div>
);
