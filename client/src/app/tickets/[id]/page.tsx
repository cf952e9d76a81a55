import type { Metadata } from 'next';
import { describeTicket } from '../../../features/tickets/describe-ticket.ts';
import { TicketPage } from '../../../features/tickets/ticket-page.tsx';

interface Props {
  readonly params: Promise<{ id: string }>;
}

export const generateMetadata = async ({ params }: Props): Promise<Metadata> =>
  describeTicket((await params).id);

const Page = async ({ params }: Props) => <TicketPage id={(await params).id} />;

export default Page;
