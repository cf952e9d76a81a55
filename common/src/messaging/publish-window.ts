import { BusUnavailable } from './event-bus.ts';
import { Slots } from './slots.ts';

export interface PublishLimits {
  /** Most publishes that wait for the server's word at once, 256; more wait in line. */
  readonly maxPublishing: number;
  /** Most publishes in that line, 10,000; then they reject. */
  readonly maxPublishesWaiting: number;
}

export const publishLimits = ({
  maxPublishing = 256,
  maxPublishesWaiting = 10_000,
}: Partial<PublishLimits>) => ({
  maxPublishing,
  maxPublishesWaiting,
});

/**
 * What is being published over one connection: bounded, and rejected all together when the connection ends, because
 * then nobody knows whether the server has it.
 */
export class PublishWindow {
  readonly #slots: Slots;
  readonly #maxWaiting: number;
  readonly #pending = new Set<(error: BusUnavailable) => void>();
  #ended: BusUnavailable | undefined;

  constructor({ maxPublishing, maxPublishesWaiting }: PublishLimits) {
    this.#slots = new Slots(maxPublishing);
    this.#maxWaiting = maxPublishesWaiting;
  }

  /** Resolves as `publish` does, once there is room for it. @throws {BusUnavailable} for whatever reason it failed */
  async send(publish: () => Promise<unknown>): Promise<void> {
    if (this.#slots.waiting >= this.#maxWaiting)
      throw new BusUnavailable('too many events wait to be published');
    const taken = await this.#slots.take();
    if (this.#ended) {
      if (taken) this.#slots.give();
      throw this.#ended;
    }
    try {
      await new Promise<void>((resolve, reject) => {
        this.#pending.add(reject);
        publish()
          .then(
            () => resolve(),
            (error: unknown) => reject(new BusUnavailable('the server did not confirm', { cause: error })),
          )
          .finally(() => this.#pending.delete(reject));
      });
    } finally {
      this.#slots.give();
    }
  }

  /** Rejects what is pending and what comes. */
  end(why: string, cause?: unknown): void {
    this.#ended ??= new BusUnavailable(why, { cause });
    void this.#slots.end();
    for (const reject of this.#pending) reject(this.#ended);
  }
}
