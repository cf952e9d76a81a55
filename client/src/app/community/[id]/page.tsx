import type { Metadata } from 'next';
import { describePost, PostPage } from '../../../features/community/post-page.tsx';
import { readNews } from '../../../features/community/which.ts';
import { type Query, single } from '../../../shared/query.ts';

interface Props {
  readonly params: Promise<{ id: string }>;
  readonly searchParams: Promise<Query>;
}

export const generateMetadata = async ({ params }: Props): Promise<Metadata> =>
  describePost((await params).id);

const Page = async ({ params, searchParams }: Props) => {
  const query = await searchParams;
  return <PostPage id={(await params).id} cursor={single(query.cursor)} news={readNews(query)} />;
};

export default Page;
