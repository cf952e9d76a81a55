import type { Metadata } from 'next';
import { CommunityPage } from '../../features/community/community-page.tsx';
import { readFeed } from '../../features/community/which.ts';
import type { Query } from '../../shared/query.ts';
import { texts } from '../../shared/texts/index.ts';

const { title, description } = texts.community;

export const metadata: Metadata = {
  title,
  description,
  openGraph: { title, description, siteName: texts.shop.name },
};

const Page = async ({ searchParams }: { searchParams: Promise<Query> }) => (
  <CommunityPage query={readFeed(await searchParams)} />
);

export default Page;
