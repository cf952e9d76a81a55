import type { OrderState } from '@ticketing/common/events';
import { replicaOf } from '@ticketing/common/replica';
import type { ServiceDeps } from '@ticketing/common/service';
import { Types } from 'mongoose';

/** Orders that are read at once. */
const BATCH = 500;

/** Payments' replica of the orders: the verdict. */
export const openOrderReplica = ({ mongo }: Pick<ServiceDeps, 'mongo'>) => {
  const replica = replicaOf<OrderState>(mongo, 'orders');

  const toOrder = ({ _id, ...state }: Record<string, unknown>): OrderState =>
    ({ id: String(_id), ...state }) as unknown as OrderState;

  const ofIds = async (ids: readonly string[]): Promise<OrderState[]> =>
    (await replica.model.find({ _id: { $in: ids } }).lean<Record<string, unknown>[]>()).map(toOrder);

  /** Orders that are completed, and were begun between the two, oldest first. Their ids tell when, to the second. */
  async function* completed(since: Date, until: Date): AsyncIterable<{ id: string; paymentId: string }> {
    const idAt = (time: Date) => Types.ObjectId.createFromTime(Math.floor(time.getTime() / 1000));
    const end = idAt(new Date(until.getTime() + 1_000));
    let from = { $gte: idAt(since) } as { $gte: Types.ObjectId } | { $gt: unknown };
    for (;;) {
      // Without the status, for which there is no index: a batch is a batch, however few of it are completed.
      const batch = await replica.model
        .find({ _id: { ...from, $lt: end } }, { status: 1, paymentId: 1 })
        .sort({ _id: 1 })
        .limit(BATCH)
        .lean<{ _id: unknown; status: string; paymentId?: string }[]>();
      for (const { _id, status, paymentId } of batch) {
        if (status === 'completed' && paymentId !== undefined) yield { id: String(_id), paymentId };
      }
      const last = batch.at(-1);
      if (last === undefined || batch.length < BATCH) return;
      from = { $gt: last._id };
    }
  }

  return { ...replica, ofIds, completed };
};

export type OrderReplica = ReturnType<typeof openOrderReplica>;
