import { findTicket } from '../../shared/api/find-ticket.ts';
import { widthOf } from '../../shared/strip/title.ts';
import { texts } from '../../shared/texts/index.ts';
import { Notice } from '../../shared/ui/notice.tsx';
import { signedInOrSending } from '../session/current-user.ts';
import { NotYours } from '../session/not-yours.tsx';
import { seen } from '../session/seen.ts';
import { EditForm } from './edit-form.tsx';
import { standingOf } from './standing.ts';

const { edit, mine } = texts.selling;

/** Where a seller changes what a ticket says. */
export const EditPage = async ({ id }: { id: string }) => {
  const path = `/tickets/${encodeURIComponent(id)}/edit`;
  const user = await signedInOrSending(path);
  const ticket = await seen(path, findTicket(id));
  if (ticket === undefined || (user !== null && ticket.userId !== user.id)) return <NotYours path={path} />;
  const standing = standingOf(ticket, new Date());
  if (standing === 'sold') {
    return <Notice {...edit.sold} verb={{ href: '/tickets/mine', label: mine.title }} />;
  }
  if (standing === 'withdrawn' || standing === 'over') {
    const again = { href: `/tickets/new?like=${ticket.id}`, label: mine.sellAgain };
    return <Notice {...edit[standing]} verb={again} />;
  }
  return (
    <>
      <h1 className={`title mt-2 mb-4 text-xl ${widthOf(edit.title)}`}>{edit.title}</h1>
      <EditForm ticket={ticket} path={path} />
    </>
  );
};
