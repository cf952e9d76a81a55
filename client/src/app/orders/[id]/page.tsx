import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { findOrder } from '../../../features/orders/find-order.ts';
import { findWhetherFree } from '../../../features/orders/find-whether-free.ts';
import { paymentsConfig } from '../../../features/payments/payments-config.ts';
import { signedInUser } from '../../../features/session/current-user.ts';
import { NotYours } from '../../../features/session/not-yours.tsx';
import { seen } from '../../../features/session/seen.ts';
import { texts } from '../../../shared/texts/index.ts';
import { OrderPage } from './order-page.tsx';

export const metadata: Metadata = { title: texts.orders.order.title };

interface PageProps {
  readonly params: Promise<{ id: string }>;
  readonly searchParams: Promise<{ redirect_status?: string | string[] }>;
}

const Page = async ({ params, searchParams }: PageProps) => {
  const { id } = await params;
  const path = `/orders/${id}`;
  await signedInUser(path);
  const found = await seen(path, findOrder(id));
  if (found === undefined) return <NotYours path={path} />;
  const { known: order, asOf } = found;
  const isBackFromBank = (await searchParams).redirect_status !== undefined;
  // Nothing is left to confirm; what the bank has written into the address is not for keeping.
  if (isBackFromBank && order.status !== 'awaiting payment') redirect(path);
  const [isFree, config] = await Promise.all([
    order.status === 'completed' ? undefined : findWhetherFree(order),
    order.status === 'awaiting payment' ? paymentsConfig() : undefined,
  ]);
  return <OrderPage order={order} asOf={asOf} isFree={isFree} config={config} />;
};

export default Page;
