import type { Metadata } from 'next';
import { readQuery } from '../features/tickets/query.ts';
import { TicketsPage } from '../features/tickets/tickets-page.tsx';
import { texts } from '../shared/texts/index.ts';

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const generateMetadata = async ({ searchParams }: Props): Promise<Metadata> => {
  const { q } = readQuery(await searchParams);
  const title = q === '' ? texts.tickets.list.title : texts.tickets.list.titleOf(q);
  return {
    // The template of a layout is for the pages below it, and not for its own.
    title: { absolute: `${title} · ${texts.shop.name}` },
    openGraph: { title, description: texts.shop.description, siteName: texts.shop.name },
  };
};

const Page = async ({ searchParams }: Props) => <TicketsPage query={readQuery(await searchParams)} />;

export default Page;
