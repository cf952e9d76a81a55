import type { Metadata } from 'next';
import { describeTicket } from '../../../features/tickets/describe-ticket.ts';
import { TicketPage } from '../../../features/tickets/ticket-page.tsx';
import { type Query, single } from '../../../shared/query.ts';

interface Props {
  readonly params: Promise<{ id: string }>;
  readonly searchParams: Promise<Query>;
}

export const generateMetadata = async ({ params }: Props): Promise<Metadata> =>
  describeTicket((await params).id);

const Page = async ({ params, searchParams }: Props) => (
  <TicketPage id={(await params).id} isLate={single((await searchParams).late) !== undefined} />
);

export default Page;
