/** The widths a title is set in, widest first, and how much of its size an `n` takes at each (Anybody, weight 750). */
const widths = [
  { name: 'wide', letter: 1.02 },
  { name: 'regular', letter: 0.67 },
  { name: 'narrow', letter: 0.49 },
  { name: 'tight', letter: 0.39 },
] as const;

/** How many `n` a letter is wide. */
const lettersOf = (letter: string): number => {
  if (/[iíìîïjlI.,:'’]/.test(letter)) return 0.46;
  if (/[mwMW]/.test(letter)) return 1.55;
  return /\p{Lu}/u.test(letter) ? 1.1 : 1;
};

const widthOfWord = (word: string): number =>
  [...word].reduce((width, letter) => width + lettersOf(letter), 0);

/** How many `n` its longest word is wide. */
const longestOf = (title: string): number => Math.max(0, ...title.split(/[\s–-]+/).map(widthOfWord));

/** The same on strips of up to so many pixels; whole names, which the style sheet is made from. */
const onNarrow = ['', '@max-[560px]:regular', '@max-[560px]:narrow', '@max-[560px]:tight'] as const;
const onNarrowest = ['', '@max-[340px]:regular', '@max-[340px]:narrow', '@max-[340px]:tight'] as const;

const onPhones = ['max-sm:wide', 'max-sm:regular', 'max-sm:narrow', 'max-sm:tight'] as const;

/**
 * How much of a title's size fits beside the stub: at a desk, on a phone, and on the smallest one, where it is set smaller
 * (`text-strip`), with a scroll bar besides.
 */
const ROOM = { any: 11, narrow: 5.9, narrowest: 4.65 };

/** Of what is too long for a phone even in the tightest letters. */
const SMALLER = { narrow: '@max-[560px]:text-[1.75rem]', narrowest: '@max-[340px]:text-[1.25rem]' };

/** By its length, as a letterpress printer would choose (art direction, "Type"). */
const byLength = (length: number): number => (length <= 14 ? 0 : length <= 30 ? 1 : length <= 60 ? 2 : 3);

/** The widest in which the longest word need not be broken; -1 where it is too long for any. */
const byWord = (longest: number, room: number): number =>
  widths.findIndex(({ letter }) => longest * letter <= room);

/** By how much of a title's size fits on a line: the width it is set in, and whether it is too long for any. */
const fitting = (title: string) => {
  const own = byLength([...title].length);
  const longest = longestOf(title);
  return (room: number): { readonly at: number; readonly isTooLong: boolean } => {
    const fits = byWord(longest, room);
    return fits === -1
      ? { at: widths.length - 1, isTooLong: true }
      : { at: Math.max(own, fits), isTooLong: false };
  };
};

/**
 * The classes of a title's width on a stub, which does not grow with its window.
 * @param room how much of the title's size fits on one line: at a desk, and on a phone
 */
export const widthOnStub = (
  title: string,
  room: { readonly desk: number; readonly phone: number },
): string => {
  const fit = fitting(title);
  return `${widths[fit(room.desk).at]?.name} ${onPhones[fit(room.phone).at]}`;
};

/**
 * The same where nothing stands beside it: somebody's name on their pass, say.
 * @param room how much of the title's size fits on one line where it is narrowest
 */
export const widthIn = (title: string, room: number): string => {
  const { at, isTooLong } = fitting(title)(room);
  return [widths[at]?.name, isTooLong && 'text-[1.25rem] leading-6'].filter(Boolean).join(' ');
};

/** The classes of a title's width: by its length, but narrower, and at last smaller, before a word has to be broken. */
export const widthOf = (title: string): string => {
  const fit = fitting(title);
  const [narrow, narrowest] = [fit(ROOM.narrow), fit(ROOM.narrowest)];
  return [
    widths[fit(ROOM.any).at]?.name,
    onNarrow[narrow.at],
    onNarrowest[narrowest.at],
    narrow.isTooLong && SMALLER.narrow,
    narrowest.isTooLong && SMALLER.narrowest,
  ]
    .filter(Boolean)
    .join(' ');
};
