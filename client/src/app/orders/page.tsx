import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { type AsOf, findOrders } from '../../features/orders/find-order.ts';
import { OrderList } from '../../features/orders/order-list.tsx';
import { signedInUser } from '../../features/session/current-user.ts';
import { seen } from '../../features/session/seen.ts';
import { ApiError } from '../../shared/api/api-error.ts';
import type { Order, Page as PageOf } from '../../shared/api/types.ts';
import { type Query, single } from '../../shared/query.ts';
import { texts } from '../../shared/texts/index.ts';
import { Notice } from '../../shared/ui/notice.tsx';

const words = texts.orders;

export const metadata: Metadata = { title: words.title };

const Page = async ({ searchParams }: { searchParams: Promise<Query> }) => {
  const cursor = single((await searchParams).cursor);
  const path = cursor === undefined ? '/orders' : `/orders?${new URLSearchParams({ cursor })}`;
  const found = await find(cursor, path);
  if (found === 'no answer') {
    const { title, text, again } = texts.shop.error;
    return <Notice creased title={title} text={text} verb={{ href: path, label: again }} />;
  }
  const { known: page, asOf } = found;

  if (page.items.length === 0 && cursor === undefined) {
    const { title, text } = words.empty;
    return <Notice title={title} text={text} verb={{ href: '/', label: texts.shop.toTheShop }} />;
  }
  return (
    <>
      <h1 className="title wide mt-2 mb-6 text-xl">{words.title}</h1>
      <OrderList key={cursor} page={page} cursor={cursor} asOf={asOf} />
    </>
  );
};

const find = async (cursor: string | undefined, path: string): Promise<AsOf<PageOf<Order>> | 'no answer'> => {
  try {
    await signedInUser(path);
    // A list of one's own is never another's.
    return (await seen(path, findOrders(cursor))) ?? 'no answer';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Of an old link.
    if (error.is('invalid_cursor') || error.is('invalid_field')) redirect('/orders');
    if (error.isTemporary) return 'no answer';
    throw error;
  }
};

export default Page;
