import type { Metadata } from 'next';
import { findOrders } from '../../features/orders/find-order.ts';
import { OrderList } from '../../features/orders/order-list.tsx';
import { signedInUser } from '../../features/session/current-user.ts';
import { NotYours } from '../../features/session/not-yours.tsx';
import { seen } from '../../features/session/seen.ts';
import { texts } from '../../shared/texts/index.ts';
import { Notice } from '../../shared/ui/notice.tsx';

const words = texts.orders;

export const metadata: Metadata = { title: words.title };

const Page = async ({ searchParams }: { searchParams: Promise<{ cursor?: string | string[] }> }) => {
  const { cursor: given } = await searchParams;
  const cursor = typeof given === 'string' && given !== '' ? given : undefined;
  const path = cursor === undefined ? '/orders' : `/orders?${new URLSearchParams({ cursor })}`;
  await signedInUser(path);
  const found = await seen(path, findOrders(cursor));
  if (found === undefined) return <NotYours path={path} />;
  const { known: page, asOf } = found;

  if (page.items.length === 0 && cursor === undefined) {
    const { title, text, verb } = words.empty;
    return <Notice title={title} text={text} verb={{ href: '/', label: verb }} />;
  }
  return (
    <>
      <h1 className="title wide mt-2 mb-6 text-xl">{words.title}</h1>
      <OrderList key={cursor} page={page} cursor={cursor} asOf={asOf} />
    </>
  );
};

export default Page;
