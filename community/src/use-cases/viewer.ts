import type { Deps } from './deps.ts';

/** The person who asks, and the people who are hidden from them: who blocked them, and whom they blocked. */
export interface Viewer {
  /** Absent for a visitor, from whom nobody is hidden. */
  readonly id?: string;
  readonly hidden: ReadonlySet<string>;
}

/** Looks up who is hidden from the person who asks. */
export const viewerOf = async (
  { blocks }: Deps,
  user: { readonly id: string } | undefined,
): Promise<Viewer> => {
  if (user === undefined) return { hidden: new Set() };
  const [blocked, blockedBy] = await Promise.all([blocks.whomOf(user.id), blocks.whoTo(user.id)]);
  return { id: user.id, hidden: new Set([...blocked, ...blockedBy]) };
};
