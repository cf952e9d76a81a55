import assert from 'node:assert/strict';
import type { Refusal } from '../errors/index.ts';
import type { EventType } from '../events/index.ts';
import type { Decision } from '../outbox/index.ts';

/** What a decision came to, told as a sentence: `given(aTicket()).when(withdraw, seller).thenBecomes({…})`. */
class Outcome<S extends object> {
  readonly #decision: Decision<S, EventType>;

  constructor(decision: Decision<S, EventType>) {
    this.#decision = decision;
  }

  /** It changed: these fields are so now, and this event tells of it. */
  thenBecomes(expected: Partial<S>, event?: EventType): S {
    const decision = this.#decision;
    assert.equal(decision.kind, 'changed', `expected a change, but it was ${decision.kind}`);
    const actual = Object.fromEntries(
      Object.keys(expected).map((field) => [field, decision.next[field as keyof S]]),
    );
    assert.deepEqual(actual, expected);
    if (event !== undefined) assert.equal(decision.event?.type, event.type);
    return decision.next;
  }

  thenIsUnchanged(): void {
    assert.equal(this.#decision.kind, 'unchanged');
  }

  thenIsRefused(refusal: new (...args: never[]) => Refusal): void {
    const decision = this.#decision;
    assert.equal(decision.kind, 'refused', `expected a refusal, but it was ${decision.kind}`);
    assert.equal(decision.refusal.constructor.name, refusal.name);
  }

  thenIsPutOffUntil(until: Date): void {
    assert.deepEqual(this.#decision, { kind: 'put off', until });
  }
}

/** Tests of pure decisions as sentences. */
export const given = <S extends object>(state: S) => ({
  when: <A extends readonly unknown[]>(
    decide: (state: S, ...args: A) => Decision<S, EventType>,
    ...args: A
  ): Outcome<S> => new Outcome(decide(state, ...args)),
});
