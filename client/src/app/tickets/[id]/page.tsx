import type { Metadata } from 'next';
import { PostsAbout } from '../../../features/community/posts-about.tsx';
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
  return (
    <>
      <TicketPage id={id} isLate={single((await searchParams).late) !== undefined} />
      <PostsAbout ticketId={id} />
    </>
  );
};

export default Page;
