import { randomUUID } from 'node:crypto';
import { ApiError } from '../../shared/api/api-error.ts';
import type { Ticket } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { Notice } from '../../shared/ui/notice.tsx';
import { visitor } from '../session/current-user.ts';
import { findAlike, findOwnOrder, findTicket } from './find-tickets.ts';
import { situationOf } from './situation.ts';
import { TicketView } from './ticket-view.tsx';

/** One ticket, and what it is to the one who looks. */
export const TicketPage = async ({ id }: { id: string }) => {
  const ticket = await find(id);
  if (ticket === undefined) {
    const { error } = texts.shop;
    const again = { href: `/tickets/${id}`, label: error.again };
    return <Notice creased title={error.title} text={error.text} verb={again} />;
  }
  const user = await visitor();
  const order = user === null ? undefined : await findOwnOrder(ticket);
  const situation = situationOf({ ticket, visitor: user, order, now: new Date() });
  const isLost = ['reserved', 'sold', 'begun', 'withdrawn'].includes(situation.kind);
  return (
    <TicketView
      ticket={ticket}
      situation={situation}
      visitorId={user?.id}
      others={isLost ? await findAlike(ticket) : undefined}
      attempt={randomUUID()}
    />
  );
};

/** Undefined where nobody answers. */
const find = async (id: string): Promise<Ticket | undefined> => {
  try {
    return await findTicket(id);
  } catch (error) {
    if (error instanceof ApiError && error.isTemporary) return undefined;
    throw error;
  }
};
