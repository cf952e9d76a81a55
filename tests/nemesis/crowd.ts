/**
 * The crowd: people who put up, browse, edit, withdraw, reserve, let go and pay as it comes to their mind, impatiently,
 * twice, and again after an error. They write down what they were told (history.ts) and judge nothing.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually, randomFrom } from '@ticketing/common/testing';
import { forEach } from '../support/for-each.ts';
import type { Answer, Order, Payment, Ticket } from '../support/shop.ts';
import { newPerson, type Person } from '../support/shop.ts';
import { controlStripe, priceOf } from '../support/stripe.ts';
import type { OwnSystem } from '../support/system.ts';
import { type Entry, type History, isDone, isUnknown, toldIn } from './history.ts';

export interface CrowdOptions {
  readonly system: Pick<OwnSystem, 'baseUrl' | 'run'>;
  readonly history: History;
  readonly seed: number;
  readonly sellers?: number;
  readonly buyers?: number;
  /** Tickets that are there to be had at any time. */
  readonly onSale?: number;
}

/** Longer than the gateway waits; then a client has had no answer. */
const PATIENCE_MS = 40_000;
/** What nobody has bought in this time gives way to another ticket. */
const SHELF_MS = 60_000;
/** Until what one buyer wants alone comes about, on a busy machine. */
const ALONE_MS = 120_000;
const JANITOR_MS = 250;
const MOST_PAUSE_MS = 400;
const MOST_TRIES = 4;
/** Looks at a payment that is being processed, before its buyer goes away. */
const LOOKS = 20;
const LOOK_MS = 250;

const KEY = 'Idempotency-Key';

interface OnShelf {
  readonly id: string;
  readonly seller: Seller;
  readonly since: number;
  isGone: boolean;
}

interface Client {
  readonly name: string;
  readonly person: Person;
  readonly random: (below: number) => number;
}

interface Seller extends Client {
  readonly mine: OnShelf[];
}

/** Signs everybody up; nothing is bought yet. */
export const gatherCrowd = async (options: CrowdOptions) => {
  const { system, history, seed, sellers: sellerCount = 2, buyers: buyerCount = 16, onSale = 20 } = options;
  const signUp = async (name: string, n: number): Promise<Client> => {
    const person = await newPerson(system.baseUrl, { patienceMs: PATIENCE_MS });
    return { name, person, random: randomFrom(seed * 1_000 + n) };
  };
  const names = (role: string, count: number) => Array.from({ length: count }, (_, n) => `${role} ${n + 1}`);
  const all = await forEach(
    [...names('seller', sellerCount), ...names('buyer', buyerCount)].map((name, n) => ({ name, n })),
    4,
    ({ name, n }) => signUp(name, n),
  );
  const sellers: Seller[] = all.slice(0, sellerCount).map((client) => ({ ...client, mine: [] }));
  const buyers = all.slice(sellerCount);

  const shelf: OnShelf[] = [];
  let isOpen = true;
  let prices = 0;
  /** Of each ticket, and of each edit of one: so the amount of a payment names what was bought. */
  const nextPrice = (): number => priceOf(prices++);

  const chance = ({ random }: Client, percent: number): boolean => random(100) < percent;
  const rest = ({ random }: Client) => pause(random(MOST_PAUSE_MS));

  /** Asks under one key until something is known of it; some give up sooner, and some press twice. */
  const insist = async (
    client: Client,
    about: Pick<Entry, 'what' | 'about' | 'sent'>,
    call: (key: Record<string, string>) => Promise<Answer<unknown>>,
  ): Promise<Entry> => {
    const key = randomUUID();
    const ask = () => history.ask({ ...about, who: client.name, key }, () => call({ [KEY]: key }));
    const second = chance(client, 15) ? ask() : undefined;
    let entry = await ask();
    for (let tries = 1; tries < MOST_TRIES && isUnknown(entry) && chance(client, 80); tries += 1) {
      await pause(200 + client.random(800));
      entry = await ask();
    }
    const twin = await second;
    return isDone(entry) || twin === undefined ? entry : twin;
  };

  const once = (
    client: Client,
    about: Pick<Entry, 'what' | 'about' | 'sent'>,
    call: () => Promise<Answer<unknown>>,
  ) => history.ask({ ...about, who: client.name }, call);

  const putUp = async (seller: Seller): Promise<void> => {
    const sent = { title: `Nemesis ${prices}`, price: nextPrice(), place: 'Hamburg' };
    const entry = await insist(seller, { what: 'sell', sent }, (key) => seller.person.sell(sent, key));
    const { id } = toldIn(entry);
    if (!isDone(entry) || id === undefined) return;
    const ticket = { id, seller, since: Date.now(), isGone: false };
    seller.mine.push(ticket);
    shelf.push(ticket);
  };

  /** Replaces what is sold, withdrawn, or wanted by nobody. */
  const janitor = async (): Promise<void> => {
    for (let turn = 0; isOpen; turn += 1) {
      const old = Date.now() - SHELF_MS;
      for (const ticket of shelf.splice(0)) if (!ticket.isGone && ticket.since > old) shelf.push(ticket);
      const seller = sellers[turn % sellers.length];
      if (shelf.length < onSale && seller !== undefined) await putUp(seller);
      else await pause(JANITOR_MS);
    }
  };

  const sellerDay = async (seller: Seller): Promise<void> => {
    const { person, random, mine } = seller;
    while (isOpen) {
      await rest(seller);
      const ticket = mine[mine.length - 1 - random(Math.min(10, mine.length))];
      if (ticket === undefined) continue;
      const choice = random(10);
      if (choice < 4) {
        const sent = { title: `Nemesis ${prices}, edited`, price: nextPrice(), place: 'Vienna' };
        await once(seller, { what: 'edit', about: ticket.id, sent }, () => person.edit(ticket.id, sent));
      } else if (choice < 5 && chance(seller, 30)) {
        const entry = await once(seller, { what: 'withdraw', about: ticket.id }, () =>
          person.withdraw(ticket.id),
        );
        if (isDone(entry) || isUnknown(entry)) ticket.isGone = true;
      } else if (choice < 8) {
        await once(seller, { what: 'see ticket', about: ticket.id }, () => person.ticket(ticket.id));
      } else {
        await once(seller, { what: 'browse' }, () => person.tickets('?userId=me&limit=100'));
      }
    }
  };

  /** The bank's page is answered, well or badly, or left. */
  const answerBank = async (buyer: Client, { id, clientSecret = '' }: Payment): Promise<void> => {
    if (chance(buyer, 20)) return;
    const authenticate = {
      intent: clientSecret.split('_secret_', 1)[0],
      result: chance(buyer, 75) ? 'complete' : 'fail',
    };
    // It may have been given up meanwhile; then the bank has nothing to hear any more.
    await controlStripe(system, { authenticate }).catch(() => undefined);
    await once(buyer, { what: 'confirm', about: id }, () => buyer.person.confirm(id));
  };

  const lookUntilKnown = async (buyer: Client, paymentId: string): Promise<Entry | undefined> => {
    for (let looks = 0; looks < LOOKS && isOpen; looks += 1) {
      await pause(LOOK_MS);
      const entry = await once(buyer, { what: 'see payment', about: paymentId }, () =>
        buyer.person.payment(paymentId),
      );
      if (isDone(entry) && toldIn(entry).status !== 'processing') return entry;
    }
    return undefined;
  };

  const cards = [
    'tok_visa',
    'tok_visa',
    'tok_visa',
    'tok_chargeDeclined',
    'tok_authenticationRequired',
  ] as const;

  /** Nothing can be done with it any more; some try all the same. */
  const isOver = (buyer: Client, entry: Entry): boolean => {
    const code = toldIn(entry).errors?.[0]?.code ?? '';
    return (
      ['order_cancelled', 'order_expired', 'order_paid', 'order_completed'].includes(code) &&
      chance(buyer, 80)
    );
  };

  /** @returns what came of it in the end, as far as the buyer has waited for it */
  const pay = async (buyer: Client, order: Order): Promise<Entry> => {
    const card = cards[buyer.random(cards.length)] ?? 'tok_visa';
    const about = { what: 'pay', about: order.id, sent: { card } } as const;
    let entry = await insist(buyer, about, (key) => buyer.person.pay(order.id, card, key));
    if (!isDone(entry)) return entry;
    const payment = entry.body as Payment;
    if (payment.status === 'requires_action') await answerBank(buyer, payment);
    if (payment.status !== 'captured') entry = (await lookUntilKnown(buyer, payment.id)) ?? entry;
    if (toldIn(entry).status === 'captured') {
      for (const ticket of shelf) if (ticket.id === order.ticket.id) ticket.isGone = true;
    }
    return entry;
  };

  const buyerDay = async (buyer: Client): Promise<void> => {
    const { person, random } = buyer;
    const orders: Order[] = [];
    const forget = (order: Order) => orders.splice(orders.indexOf(order), 1);
    while (isOpen) {
      await rest(buyer);
      const order = orders[orders.length - 1 - random(Math.min(2, orders.length))];
      const choice = random(20);
      if (choice < 7 || order === undefined) {
        const wanted = shelf[Math.min(random(Math.max(1, shelf.length)), random(Math.max(1, shelf.length)))];
        if (wanted === undefined) continue;
        const about = { what: 'reserve', about: wanted.id } as const;
        const entry = await insist(buyer, about, (key) => person.reserve(wanted.id, key));
        if (isDone(entry)) orders.push(entry.body as Order);
      } else if (choice < 9) {
        const entry = await once(buyer, { what: 'release', about: order.id }, () => person.release(order.id));
        if ((isDone(entry) && chance(buyer, 80)) || isOver(buyer, entry)) forget(order);
      } else if (choice < 14) {
        if (isOver(buyer, await pay(buyer, order))) forget(order);
      } else if (choice < 16) {
        await once(buyer, { what: 'see order', about: order.id }, () => person.order(order.id));
      } else if (choice < 17) {
        await once(buyer, { what: 'see ticket', about: order.ticket.id }, () =>
          person.ticket(order.ticket.id),
        );
      } else if (choice < 18) {
        await once(buyer, { what: 'browse' }, () => person.tickets('?limit=20&sort=price'));
      } else if (choice < 19) {
        await once(buyer, { what: 'see session' }, () => person.ask('GET', '/api/users/currentuser'));
      }
      // Otherwise they make up their mind, and the time of what they hold may run out.
    }
  };

  const firstOf = <T>([first]: readonly T[]): T => {
    if (first === undefined) throw new Error('nobody has come');
    return first;
  };

  /** Of one wish alone. @throws where it did not come true */
  const made = <T>({ what, status, body }: Entry, when: string): T => {
    if (status !== 201) throw new Error(`${when}, ${what} answered ${status}: ${JSON.stringify(body)}`);
    return body as T;
  };

  /** The buyer reserves a ticket that the seller has just put up. */
  const hold = async (seller: Seller, buyer: Client, when: string): Promise<Order> => {
    const sent = { title: `Nemesis ${prices}, ${when}`, price: nextPrice() };
    const { id: about } = made<Ticket>(
      await insist(seller, { what: 'sell', sent }, (key) => seller.person.sell(sent, key)),
      when,
    );
    return made<Order>(
      await insist(buyer, { what: 'reserve', about }, (key) => buyer.person.reserve(about, key)),
      when,
    );
  };

  const buy = async (seller: Seller, buyer: Client, when: string): Promise<void> => {
    const { id: about } = await hold(seller, buyer, when);
    const card = 'tok_visa';
    made<Payment>(
      await insist(buyer, { what: 'pay', about, sent: { card } }, (key) =>
        buyer.person.pay(about, card, key),
      ),
      when,
    );
  };

  return {
    /** Lets them in; resolves once everybody has gone home after `close`. */
    async open(): Promise<void> {
      await Promise.all([janitor(), ...sellers.map(sellerDay), ...buyers.map(buyerDay)]);
    },

    /** No new wishes; what is under way is waited for by `open`. */
    close(): void {
      isOpen = false;
    },

    /**
     * Before the others come: the first seller puts up three tickets; the first buyer holds one and pays for another.
     * @throws when that does not come to its end, however often it is tried
     */
    async comeFirst(): Promise<void> {
      const seller = firstOf(sellers);
      await putUp(seller);
      await eventually(() => buy(seller, firstOf(buyers), 'beforehand'), ALONE_MS);
      await eventually(() => hold(seller, firstOf(buyers), 'beforehand'), ALONE_MS);
    },

    /**
     * Once all is well, the first seller puts up one more ticket and the first buyer pays for it.
     * @throws when that does not come to its end, however often it is tried
     */
    buyOne: (): Promise<void> =>
      // From the beginning each time: a hold may end meanwhile.
      eventually(() => buy(firstOf(sellers), firstOf(buyers), 'afterwards'), ALONE_MS),
  };
};
