/** What is offered to who comes too late: others like it by the words of its title, or else the newest. Pure. */
import type { Ticket } from '../../shared/api/types.ts';

/** How many others are offered. */
export const ALIKE = 3;
/** Most searches for one ticket. */
const MAX_WORDS = 3;
/** Shorter ones (`the`, `vs`, `14`) are in the titles of everything. */
const LEAST_LETTERS = 4;

/** The words worth searching for: the longest, which say most. */
export const tellingWords = (title: string): string[] => {
  const words = title.split(/[^\p{L}\p{N}]+/u).filter((word) => [...word].length >= LEAST_LETTERS);
  const different = [...new Map(words.map((word) => [word.toLowerCase(), word])).values()];
  return different.sort((one, other) => other.length - one.length).slice(0, MAX_WORDS);
};

export interface Others {
  readonly tickets: readonly Ticket[];
  /** Found by its words; else they are just the newest. */
  readonly areAlike: boolean;
}

/**
 * Up to three others: those that most searches found, and only where none found any, the newest.
 * @param found what each search found
 */
export const alike = (
  taken: Pick<Ticket, 'id'>,
  found: readonly (readonly Ticket[])[],
  newest: readonly Ticket[],
): Others => {
  const times = ({ id }: Ticket): number => found.filter((each) => each.some((one) => one.id === id)).length;
  const others = (tickets: readonly Ticket[]): Ticket[] =>
    [...new Map(tickets.map((ticket) => [ticket.id, ticket])).values()].filter(({ id }) => id !== taken.id);
  const like = others(found.flat()).sort((one, other) => times(other) - times(one));
  const areAlike = like.length > 0;
  return { tickets: (areAlike ? like : others(newest)).slice(0, ALIKE), areAlike };
};
