/** A bounded number of things at once; who comes when all slots are taken waits in line. */
export class Slots {
  readonly size: number;
  #taken = 0;
  #ended = false;
  readonly #line: ((got: boolean) => void)[] = [];
  readonly #watching: (() => void)[] = [];
  readonly #idle: (() => void)[] = [];

  constructor(size: number) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`needs at least one slot, not ${size}`);
    this.size = size;
  }

  /** How many wait in line. */
  get waiting(): number {
    return this.#line.length;
  }

  /** How many nobody has. */
  get free(): number {
    return this.size - this.#taken;
  }

  /** Resolves when a slot is free that was taken until then, or there are no more to be had. */
  given(): Promise<void> {
    return this.#ended ? Promise.resolve() : new Promise((resolve) => this.#watching.push(resolve));
  }

  /** True with a slot, to be given back; false when there are no more to be had. */
  take(): Promise<boolean> {
    if (this.#ended) return Promise.resolve(false);
    if (this.#taken < this.size) {
      this.#taken += 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => this.#line.push(resolve));
  }

  /** Gives a slot back, to the next in line. */
  give(): void {
    const next = this.#line.shift();
    if (next) {
      next(true);
      return;
    }
    this.#taken -= 1;
    for (const resolve of this.#watching.splice(0)) resolve();
    if (this.#taken === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Hands out no more, also not to those in line. Resolves once every slot is back. Idempotent. */
  end(): Promise<void> {
    this.#ended = true;
    for (const resolve of this.#line.splice(0)) resolve(false);
    for (const resolve of this.#watching.splice(0)) resolve();
    if (this.#taken === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }
}
