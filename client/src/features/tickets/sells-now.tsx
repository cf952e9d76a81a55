import Link from 'next/link';
import { redirect } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import type { Page, Person, Ticket } from '../../shared/api/types.ts';
import { BlankSlip } from '../../shared/strip/blank-slip.tsx';
import { PerforatedHeading } from '../../shared/strip/perforated-heading.tsx';
import { Strip } from '../../shared/strip/strip.tsx';
import { texts } from '../../shared/texts/index.ts';
import { button } from '../../shared/ui/button.ts';
import { findOfSeller } from './find-tickets.ts';
import { ForSale } from './for-sale.tsx';

const { sells } = texts.people;

interface SellsNowProps {
  readonly seller: Pick<Person, 'userId' | 'name'>;
  /** The visitor is the seller. */
  readonly isOwn: boolean;
  /** Where the list begins. */
  readonly cursor: string | undefined;
  /** Of the page that it is on. */
  readonly path: string;
}

/** What somebody sells now, on the page of their profile. While tickets is away only this part says so. */
export const SellsNow = async ({ seller, isOwn, cursor, path }: SellsNowProps) => {
  const found = await find(seller.userId, cursor, path);
  return (
    <section aria-labelledby="sells">
      <PerforatedHeading id="sells">{sells.title}</PerforatedHeading>
      {found === 'no answer' ? (
        <BlankSlip>
          <p className="flex flex-wrap items-center gap-x-4">
            {sells.away}
            <Link href={path} prefetch={false} className={button.quiet}>
              {texts.shop.error.again}
            </Link>
          </p>
        </BlankSlip>
      ) : found.items.length === 0 && cursor === undefined ? (
        <Nothing name={seller.name} isOwn={isOwn} />
      ) : (
        <>
          <ul className="grid grid-cols-[minmax(0,1fr)] gap-[14px]">
            {found.items.map((ticket) => (
              <li key={ticket.id} className="min-w-0">
                <ForSale ticket={ticket} isOwn={isOwn} />
              </li>
            ))}
          </ul>
          <p className="mt-2 flex flex-wrap gap-x-5 empty:hidden">
            {found.next !== undefined && (
              <Link
                href={`${path}?${new URLSearchParams({ tickets: found.next })}#sells`}
                prefetch={false}
                className={button.quiet}
              >
                {sells.more}
              </Link>
            )}
            {cursor !== undefined && (
              <Link href={`${path}#sells`} prefetch={false} className={button.quiet}>
                {sells.first}
              </Link>
            )}
          </p>
        </>
      )}
    </section>
  );
};

const find = async (
  seller: string,
  cursor: string | undefined,
  path: string,
): Promise<Page<Ticket> | 'no answer'> => {
  try {
    return await findOfSeller(seller, cursor);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Of an old link.
    if (cursor !== undefined && error.status === 400) redirect(path);
    if (error.isTemporary) return 'no answer';
    throw error;
  }
};

const Nothing = ({ name, isOwn }: { name: string; isOwn: boolean }) => (
  <Strip
    as="div"
    tear="outline"
    stub={
      isOwn && (
        <Link href="/tickets/new" className={`${button.onCounter} w-full`}>
          {sells.none.verb}
        </Link>
      )
    }
  >
    <p className="title regular text-strip">{sells.none.title}</p>
    <p className="text-quiet wrap-anywhere">{isOwn ? sells.none.own : sells.noneOf(name)}</p>
  </Strip>
);
