/**
 * What a text that people read may hold, in any script: something to see, and nothing hidden, which would make two texts
 * differ that look the same, nor marks piled up over the lines around. Knows no framework.
 */
import { InvalidFields } from '../errors/index.ts';

/** Nothing to see of it: it is there for a font, a terminal or a line of text, or is half a character. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u2800\ufff9-\ufffb]/u;

/** Invisible characters where people need them, each in its place. */
const IN_PLACE = new RegExp(
  [
    // Makes one emoji of several (a family), or asks for colours or none. A flag's tags are the code of a region.
    /(?<=\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]{0,2})\u200d(?=\p{Extended_Pictographic})/u,
    /(?<=[\p{Emoji}\p{S}])[\ufe0e\ufe0f]/u,
    /(?<=\u{1f3f4})[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,7}\u{e007f}/u,
    // At a virama: how two Indic consonants are written together (RFC 5892, A.1 and A.2); a ra may come before it.
    /(?<=[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca])[\u200c\u200d]/u,
    /(?<=[\u09b0\u09f0\u0cb0])\u200d(?=[\u09cd\u0ccd])/u,
    // Parts of a word that stand apart, as in Persian, also behind a foreign word, a number or a bracket.
    /(?<=[^\s\p{Default_Ignorable_Code_Point}])\u200c(?=\p{L})(?=\p{sc=Arab})/u,
    // The space bar of a keyboard for a script that shows no spaces between words.
    /(?<=[\p{sc=Khmr}\p{sc=Laoo}\p{sc=Mymr}\p{sc=Thai}])\u200b(?=[\p{sc=Khmr}\p{sc=Laoo}\p{sc=Mymr}\p{sc=Thai}])/u,
    // Which form of a Han or a Mongolian letter is meant.
    /(?<=\p{sc=Han})[\ufe00-\ufe0d\u{e0100}-\u{e01ef}]/u,
    /(?<=[\u1820-\u18aa])[\u180b-\u180f]{1,2}/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gu',
);

/**
 * More marks above and below a letter than people write: three accents, or four marks of a script of its own, as Hebrew and
 * Burmese have them (Unicode Technical Standard 39, 5.4). Marks that stand beside a letter do not count.
 */
const PILED_UP = /(?:(?=\p{sc=Inherited})[\p{Mn}\p{Me}]){4}|[\p{Mn}\p{Me}]{5}/u;

/** Of what is not invisible. */
const TO_READ = /[\p{L}\p{N}\p{P}\p{S}]/u;

export interface TextOptions {
  /** It may have line breaks, each of them `\n`. */
  readonly lines?: boolean;
}

/**
 * What is wrong with a text that people read: the end of a sentence that begins with its name, `must not have invisible
 * characters`. Says nothing of its length, and of spaces at its ends.
 * @returns undefined where it is good
 */
export const textProblem = (text: string, { lines = false }: TextOptions = {}): string | undefined => {
  const seen = (lines ? text.replaceAll('\n', ' ') : text).replace(IN_PLACE, '');
  if (INVISIBLE.test(seen)) return 'must not have invisible characters';
  if (PILED_UP.test(seen.normalize('NFD'))) return 'must not have more than three marks on a letter';
  return TO_READ.test(seen) ? undefined : 'must have something to read';
};

/**
 * The refusal of texts, by the names of their fields, with a line for each that is wrong. What stands already may stay,
 * since a rule may be younger than a text: only what differs from it is checked.
 * @param standing the same fields as they are by now; of something new there are none
 * @returns undefined where all are good
 */
export const invalidTexts = <Field extends string>(
  texts: Readonly<Record<Field, string | undefined>>,
  standing?: Readonly<Partial<Record<NoInfer<Field>, string | undefined>>>,
  options?: Readonly<Partial<Record<NoInfer<Field>, TextOptions>>>,
): InvalidFields | undefined => {
  const lines = (Object.keys(texts) as Field[]).flatMap((field) => {
    const text = texts[field];
    if (text === undefined || text === standing?.[field]) return [];
    const problem = textProblem(text, options?.[field]);
    return problem === undefined ? [] : [{ field, message: `${field} ${problem}` }];
  });
  return lines.length === 0 ? undefined : new InvalidFields(lines);
};
