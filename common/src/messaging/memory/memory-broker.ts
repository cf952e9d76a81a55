import { BusUnavailable } from '../event-bus.ts';

export interface MemoryBrokerSettings {
  /** Most messages it keeps; then publishing rejects. 100,000. */
  readonly capacity?: number;
  /** Milliseconds after which a message that was not acknowledged goes to another member; 30,000. */
  readonly ackWaitMs?: number;
}

/** A delivery to a member. Its methods do nothing once the broker has taken the message back. */
export interface MemoryDelivery {
  readonly type: string;
  readonly text: string;
  /** 1 for the first. */
  readonly attempt: number;
  acknowledge(): void;
  /** Wants the message again, here or at another member, after a pause. */
  deliverAgain(afterMs: number): void;
}

/** What a bus tells the broker when it joins a queue group. */
export interface MemoryMember {
  readonly queueGroup: string;
  readonly types: readonly string[];
  /** Most messages it has at once. */
  readonly maxInFlight: number;
  receive(delivery: MemoryDelivery): void;
}

export interface Membership {
  /** Gets no more; what it has, it may still acknowledge. */
  takeNoMore(): void;
  /** What it has and did not acknowledge goes to other members. */
  leave(): void;
}

/** A bus, as the broker knows it. */
export interface MemoryClient {
  connected(): void;
  disconnected(): void;
}

interface Message {
  readonly type: string;
  readonly text: string;
}

/** A message on its way to one queue group. */
interface Pending {
  readonly message: Message;
  deliveries: number;
}

interface Joined {
  readonly member: MemoryMember;
  /** What it has, each with how to take it back. */
  readonly has: Set<() => void>;
  takesMore: boolean;
}

interface Group {
  /** What its members have ever heard: a group is durable. */
  readonly types: Set<string>;
  readonly waiting: Pending[];
  /** The first is the next to get a message. */
  readonly members: Joined[];
}

/**
 * A broker in memory, to be shared by the buses of a test. It keeps the promises of the real ones as long as the
 * process lives, and a test can take it away and bring it back.
 */
export class MemoryBroker {
  readonly #capacity: number;
  readonly #ackWaitMs: number;
  readonly #stored: Message[] = [];
  readonly #groups = new Map<string, Group>();
  readonly #clients = new Set<MemoryClient>();
  #away = false;

  constructor({ capacity = 100_000, ackWaitMs = 30_000 }: MemoryBrokerSettings = {}) {
    this.#capacity = capacity;
    this.#ackWaitMs = ackWaitMs;
  }

  /** As if the server was killed: every connection is lost, every message is kept. */
  goAway(): void {
    this.#away = true;
    for (const client of this.#clients) client.disconnected();
  }

  /** As if the server was started again: every bus comes back by itself. */
  comeBack(): void {
    this.#away = false;
    for (const client of this.#clients) client.connected();
  }

  /** Keeps a message, of any text, for every queue group. @throws {BusUnavailable} when it is away or full */
  store(type: string, text: string): void {
    if (this.#away) throw new BusUnavailable('the broker is away');
    if (this.#stored.length >= this.#capacity) throw new BusUnavailable('the broker is full');
    const message = { type, text };
    this.#stored.push(message);
    for (const group of this.#groups.values()) {
      if (!group.types.has(type)) continue;
      group.waiting.push({ message, deliveries: 0 });
      this.#deliver(group);
    }
  }

  /** Tells a bus when the broker comes and goes, beginning now. @returns how to end it */
  connect(client: MemoryClient): () => void {
    this.#clients.add(client);
    if (!this.#away) client.connected();
    return () => this.#clients.delete(client);
  }

  /** Adds a member to a queue group, which begins, if it is new, with the oldest message. */
  join(member: MemoryMember): Membership {
    const group = this.#groups.get(member.queueGroup) ?? { types: new Set(), waiting: [], members: [] };
    this.#groups.set(member.queueGroup, group);
    const unheard = new Set(member.types.filter((type) => !group.types.has(type)));
    for (const type of unheard) group.types.add(type);
    for (const message of this.#stored) {
      if (unheard.has(message.type)) group.waiting.push({ message, deliveries: 0 });
    }
    const joined: Joined = { member, has: new Set(), takesMore: true };
    group.members.push(joined);
    this.#deliver(group);
    return {
      takeNoMore: () => {
        joined.takesMore = false;
      },
      leave: () => {
        joined.takesMore = false;
        const index = group.members.indexOf(joined);
        if (index >= 0) group.members.splice(index, 1);
        for (const takeBack of [...joined.has]) takeBack();
      },
    };
  }

  /** Hands out what waits, to members in turn. */
  #deliver(group: Group): void {
    const free = () =>
      group.members.some(({ member, has, takesMore }) => takesMore && has.size < member.maxInFlight);
    for (let index = 0; index < group.waiting.length && free(); ) {
      const pending = group.waiting[index];
      const joined = pending && this.#next(group, pending);
      if (joined) {
        group.waiting.splice(index, 1);
        this.#hand(group, pending, joined);
      } else {
        index += 1;
      }
    }
  }

  #next(group: Group, { message }: Pending): Joined | undefined {
    const index = group.members.findIndex(
      ({ member, has, takesMore }) =>
        takesMore && has.size < member.maxInFlight && member.types.includes(message.type),
    );
    const [joined] = index < 0 ? [] : group.members.splice(index, 1);
    if (joined) group.members.push(joined);
    return joined;
  }

  #hand(group: Group, pending: Pending, { member, has }: Joined): void {
    const settle = (): boolean => {
      clearTimeout(late);
      return has.delete(takeBack);
    };
    const again = () => {
      group.waiting.push(pending);
      this.#deliver(group);
    };
    const takeBack = () => {
      if (settle()) again();
    };
    const late = setTimeout(takeBack, this.#ackWaitMs).unref();
    has.add(takeBack);
    pending.deliveries += 1;
    const delivery: MemoryDelivery = {
      ...pending.message,
      attempt: pending.deliveries,
      acknowledge: () => {
        if (settle()) this.#deliver(group);
      },
      deliverAgain: (afterMs) => {
        if (!settle()) return;
        setTimeout(again, afterMs).unref();
        this.#deliver(group);
      },
    };
    // Not at once: a real broker never answers in the middle of a call.
    setImmediate(() => member.receive(delivery));
  }
}
