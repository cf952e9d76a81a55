import type { Metadata } from 'next';
import { PostsAbout } from '../../../features/community/posts-about.tsx';
import { findSeller } from '../../../features/people/find-people.ts';
import { SellerLine } from '../../../features/people/seller-line.tsx';
import { describeTicket } from '../../../features/tickets/describe-ticket.ts';
import { TicketPage } from '../../../features/tickets/ticket-page.tsx';
import { type Query, single } from '../../../shared/query.ts';

interface Props {
  readonly params: Promise<{ id: string }>;
  readonly searchParams: Promise<Query>;
}

export const generateMetadata = async ({ params }: Props): Promise<Metadata> =>
  describeTicket((await params).id);

const Page = async ({ params, searchParams }: Props) => {
  const { id } = await params;
  const seller = <SellerLine seller={findSeller(id)} />;
  return (
    <>
      <TicketPage id={id} isLate={single((await searchParams).late) !== undefined} seller={seller} />
      <PostsAbout ticketId={id} />
    </>
  );
};

export default Page;
