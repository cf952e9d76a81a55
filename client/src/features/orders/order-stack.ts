import type { Order } from '../../shared/api/types.ts';
import { askEvery } from './hold.ts';

/** Orders as they are known by now: of each the newest version, and the receipt that may come without one. */
export const merge = (known: readonly Order[], fresh: readonly Order[]): readonly Order[] => {
  const byId = new Map(known.map((order) => [order.id, order]));
  for (const order of fresh) {
    const before = byId.get(order.id);
    if (before === undefined || before.version <= order.version) byId.set(order.id, order);
  }
  return [...byId.values()];
};

const isAwaiting = ({ status }: Order): boolean => status === 'awaiting payment';
const by = (compare: (order: Order) => string) => (a: Order, b: Order) =>
  compare(a) < compare(b) ? -1 : Number(compare(a) > compare(b));

export interface Stack {
  /** What still waits for payment, the one that ends first on top. */
  readonly awaiting: readonly Order[];
  /** Everything else, the newest first. */
  readonly ended: readonly Order[];
}

/** Orders as they lie on each other. */
export const stack = (orders: readonly Order[]): Stack => ({
  awaiting: orders.filter(isAwaiting).sort(by(({ expiresAt }) => expiresAt)),
  ended: orders
    .filter((order) => !isAwaiting(order))
    .sort(by(({ id }) => id))
    .reverse(),
});

/** While nothing is held, only what another tab or device does can change the list, in milliseconds. */
const IDLE_MS = 30_000;

/** Milliseconds until it is worth asking how one's orders are. @param now by the server's clock */
export const askListEvery = (orders: readonly Order[], now: number): number =>
  Math.min(
    IDLE_MS,
    ...orders
      .filter(isAwaiting)
      .map((order) => askEvery(order, (Date.parse(order.expiresAt) - now) / 1000, false) ?? IDLE_MS),
  );
