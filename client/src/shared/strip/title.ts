/** The widths a title is set in, widest first, and how much of its size a letter takes at each (Anybody, weight 750). */
const widths = [
  { name: 'wide', letter: 1 },
  { name: 'regular', letter: 0.66 },
  { name: 'narrow', letter: 0.48 },
  { name: 'tight', letter: 0.38 },
] as const;

/** The same on strips of up to so many pixels; whole names, which the style sheet is made from. */
const onNarrow = ['', '@max-[560px]:regular', '@max-[560px]:narrow', '@max-[560px]:tight'] as const;
const onNarrowest = ['', '@max-[340px]:regular', '@max-[340px]:narrow', '@max-[340px]:tight'] as const;

/** Sizes of a title's letters that fit beside the stub: at a desk, on a phone, on a small one. */
const ROOM = { any: 11, narrow: 6.4, narrowest: 5.25 };

/** By its length, as a letterpress printer would choose (art direction, "Type"). */
const byLength = (length: number): number => (length <= 14 ? 0 : length <= 30 ? 1 : length <= 60 ? 2 : 3);

/** The widest in which the longest word need not be broken. */
const byWord = (longest: number, room: number): number => {
  const fits = widths.findIndex(({ letter }) => longest * letter <= room);
  return fits === -1 ? widths.length - 1 : fits;
};

/** The classes of a title's width: by its length, but narrower before a word of it has to be broken. */
export const widthOf = (title: string): string => {
  const own = byLength([...title].length);
  const longest = Math.max(0, ...title.split(/[\s–-]+/).map((word) => [...word].length));
  const at = (room: number): number => Math.max(own, byWord(longest, room));
  return [widths[at(ROOM.any)]?.name, onNarrow[at(ROOM.narrow)], onNarrowest[at(ROOM.narrowest)]]
    .filter(Boolean)
    .join(' ');
};
