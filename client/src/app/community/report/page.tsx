import type { Metadata } from 'next';
import { ReportPage, titleOf } from '../../../features/reports/report-page.tsx';
import { readTarget } from '../../../features/reports/target.ts';
import type { Query } from '../../../shared/query.ts';
import { texts } from '../../../shared/texts/index.ts';

interface Props {
  readonly searchParams: Promise<Query>;
}

export const generateMetadata = async ({ searchParams }: Props): Promise<Metadata> => {
  const target = readTarget(await searchParams);
  return { title: target === undefined ? texts.reports.notFound.title : titleOf(target) };
};

const Page = async ({ searchParams }: Props) => <ReportPage query={await searchParams} />;

export default Page;
