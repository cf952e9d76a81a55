import type { Metadata } from 'next';
import { OwnPage } from '../../../features/selling/own-page.tsx';
import { type Query, single } from '../../../shared/query.ts';
import { texts } from '../../../shared/texts/index.ts';

export const metadata: Metadata = { title: texts.selling.mine.title };

const Page = async ({ searchParams }: { searchParams: Promise<Query> }) => {
  const query = await searchParams;
  return (
    <OwnPage cursor={single(query.cursor)} isNew={single(query.new)} isChanged={single(query.changed)} />
  );
};

export default Page;
