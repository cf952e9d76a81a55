'use server';
import { redirect } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import { ask } from '../../shared/api/server.ts';
import { texts } from '../../shared/texts/index.ts';
import { sayRefusal } from '../../shared/ui/say-refusal.ts';
import { signInPath } from '../session/return-path.ts';

export interface ReleaseState {
  readonly message?: string;
}

/** Lets go of what an order holds, and shows the order as it is then; answers with a message where it could not. */
export const releaseTicket = async (orderId: string, _before: ReleaseState): Promise<ReleaseState> => {
  // What a browser sends is not believed to be an id: it becomes a part of an address.
  const path = `/orders/${encodeURIComponent(orderId)}`;
  try {
    await ask('orders', 'delete', `/api${path}`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.is('not_signed_in')) redirect(signInPath(path));
    if (error.is('order_completed')) return { message: texts.orders.release.paid };
    return { message: sayRefusal(error) };
  }
  redirect(path);
};
