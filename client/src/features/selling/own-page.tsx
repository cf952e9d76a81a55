import Link from 'next/link';
import { redirect } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import type { Page, Ticket } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { Notice } from '../../shared/ui/notice.tsx';
import { signedInUser } from '../session/current-user.ts';
import { seen } from '../session/seen.ts';
import { findOwn } from './find-own.ts';
import { OwnTickets } from './own-tickets.tsx';

const PATH = '/tickets/mine';
const { mine } = texts.selling;

interface OwnPageProps {
  readonly cursor: string | undefined;
  /** Ids of what has just been put up, or changed. */
  readonly isNew: string | undefined;
  readonly isChanged: string | undefined;
}

/** My tickets: everything one sells, in every state. */
export const OwnPage = async ({ cursor, isNew, isChanged }: OwnPageProps) => {
  const page = await find(cursor);
  const titleOf = (id: string | undefined) =>
    page === 'no answer' || id === undefined ? undefined : page.items.find((each) => each.id === id)?.title;
  const [newTitle, changedTitle] = [titleOf(isNew), titleOf(isChanged)];
  const news =
    newTitle !== undefined
      ? mine.isNew(newTitle)
      : changedTitle !== undefined
        ? mine.isChanged(changedTitle)
        : undefined;
  return (
    <>
      <div className="mt-2 mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h1 className="title wide text-xl">{mine.title}</h1>
        {page !== 'no answer' && page.items.length > 0 && (
          <Link href="/tickets/new" className={button.quiet}>
            {mine.sell}
          </Link>
        )}
      </div>
      {page === 'no answer' ? (
        <Notice
          heading="h2"
          creased
          title={texts.shop.error.title}
          text={texts.shop.error.text}
          verb={{ href: PATH, label: texts.shop.error.again }}
        />
      ) : page.items.length === 0 && cursor === undefined ? (
        <Notice
          heading="h2"
          title={mine.empty.title}
          text={mine.empty.text}
          verb={{ href: '/tickets/new', label: mine.empty.verb }}
        />
      ) : (
        <OwnTickets key={cursor ?? ''} page={page} cursor={cursor} asOf={Date.now()} news={news} />
      )}
    </>
  );
};

const find = async (cursor: string | undefined): Promise<Page<Ticket> | 'no answer'> => {
  try {
    await signedInUser(PATH);
    return (await seen(PATH, findOwn(cursor))) ?? { items: [] };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Of an old link.
    if (error.is('invalid_cursor') || error.is('invalid_field')) redirect(PATH);
    if (error.isTemporary) return 'no answer';
    throw error;
  }
};
