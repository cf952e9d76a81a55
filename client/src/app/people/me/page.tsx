import type { Metadata } from 'next';
import { OwnProfilePage } from '../../../features/people/own-page.tsx';
import { type Query, single } from '../../../shared/query.ts';
import { texts } from '../../../shared/texts/index.ts';

export const metadata: Metadata = { title: texts.people.own.title };

const Page = async ({ searchParams }: { searchParams: Promise<Query> }) => {
  const query = await searchParams;
  return (
    <OwnProfilePage
      following={single(query.following)}
      blocked={single(query.blocked)}
      done={single(query.done)}
      isSaved={single(query.saved) !== undefined}
    />
  );
};

export default Page;
