import type { Metadata } from 'next';
import { SellPage } from '../../../features/selling/sell-page.tsx';
import { type Query, single } from '../../../shared/query.ts';
import { texts } from '../../../shared/texts/index.ts';

export const metadata: Metadata = { title: texts.selling.sell.title };

const Page = async ({ searchParams }: { searchParams: Promise<Query> }) => (
  <SellPage like={single((await searchParams).like)} />
);

export default Page;
