import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidFields } from '../../src/errors/index.ts';
import { invalidTexts, textProblem } from '../../src/texts/index.ts';

const HIDDEN = 'must not have invisible characters';
const PILED_UP = 'must not have more than three marks on a letter';
const BLANK = 'must have something to read';

const good: [what: string, text: string][] = [
  ['Latin', "Łódź — 8½ „Prélude“, Robert'); DROP TABLE <script>"],
  ['an odd space', 'Nils\u00a0Frahm\u2009live'],
  ['Vietnamese, composed or not', `Việt Nam ${'Việt Nam'.normalize('NFD')}`],
  ['Hebrew with points', 'שָׁלוֹם עוֹלָם'],
  ['Hebrew with points and an accent', 'בְּרֵאשִׁ֖ית שָּׁ֣'],
  ['Arabic with harakat', 'قُرْآنٌ كَرِيمٌّ'],
  ['Thai', 'ผู้ใหญ่ ที่นี่ น้ำ'],
  ['Chinese, Japanese, Korean', '東京ドーム スカパラ 서울'],
  ['half-width Katakana', 'ｶﾞｷﾞｸﾞ'],
  ['a Han letter in a form of its own', '葛\u{e0100}飾区 神\ufe00'],
  ['Mongolian with its selectors', 'ᠠᠮᠢ\u180bᠳᠤ ᠬᠠᠨ\u180eᠠ ᠨ\u180b\u180eᠠ'],
  ['Persian, whose words have parts', 'می\u200cخواهم کتاب\u200cها'],
  ['Persian behind another script, a number and a bracket', 'PDF\u200cها ۱۰\u200cساله «کتاب»\u200cها'],
  ['Hindi with joiners', 'क्\u200dष क्\u200cष र्\u200dय क्\u200d'],
  ['Bengali with a joiner, also before the virama', 'উত্\u200dসব র\u200d্যাব'],
  ['Kannada with a joiner before the virama', 'ರ\u200d್ಯಾಲಿ ಬೋಂಡಾ'],
  ['Malayalam with joiners', 'അവന്\u200d പാല്\u200d'],
  ['Sinhala with a joiner', 'ශ්\u200dරී ලංකාව'],
  ['Tamil with a non-joiner', 'க்\u200cஷ ஸ்ரீ'],
  ['three accents on a letter', 'a\u0301\u0323\u0308 and ǘ\u0323'],
  ['Burmese, whose marks stand beside and below', 'ကျော် ရွှံ့ လျှော့'],
  ['Tibetan', 'རྒྱུན བསྒྲུབས'],
  ['Khmer with the spaces of its keyboard', 'ភាសា\u200bខ្មែរ\u200bស្រុំ'],
  ['a family', '👨‍👩‍👧‍👦'],
  ['a bald man and a woman with a tone of skin at work', '👨‍🦲 👩🏽‍🚀'],
  ['a rainbow, a pirate and a transgender flag', '🏳️‍🌈 🏴‍☠️ 🏳️‍⚧️'],
  [
    'a flag of two letters and the one of England',
    '🇩🇪 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  ],
  ['a keycap', '1️⃣ #️⃣ *️⃣'],
  ['a heart, red or black', '❤️ ❤︎ ❤️‍🔥'],
  ['a symbol that is no emoji, as text', '→\ufe0e ♪\ufe0e'],
];

const bad: [what: string, text: string, problem: string][] = [
  ['nothing', '', BLANK],
  ['spaces', ' \u00a0\u3000', BLANK],
  ['a mark on nothing', '\u0301', BLANK],
  ['a space without a width', 'Nils\u200bFrahm', HIDDEN],
  ['nothing but spaces without a width', '\u200b\u200d', HIDDEN],
  ['a space of Khmer that ends a word', 'ខ្មែរ\u200b', HIDDEN],
  ['a space of Khmer that begins a word', 'a\u200bខ្មែរ', HIDDEN],
  ['fillers of Hangul', '\u3164', HIDDEN],
  ['other fillers of Hangul', 'a\u115f\u1160\uffa0', HIDDEN],
  ['a blank of Braille', '\u2800', HIDDEN],
  ['a soft hyphen', 'Nils\u00adFrahm', HIDDEN],
  ['text that turns what follows around', 'Nils\u202eFrahm', HIDDEN],
  ['an isolate', '\u2066Nils\u2069', HIDDEN],
  ['a mark of direction', 'Nils\u200f', HIDDEN],
  ['a word joiner', 'Nils\u2060Frahm', HIDDEN],
  ['a byte order mark', '\ufeffNils', HIDDEN],
  ['a grapheme joiner', 'Nils\u034fFrahm', HIDDEN],
  ['half of a character', 'Nils \ud800', HIDDEN],
  ['the other half', '\udf90 Nils', HIDDEN],
  ['a null character', 'Nils\u0000', HIDDEN],
  ['an escape sequence', '\u001b[31mNils', HIDDEN],
  ['a control character of the upper half', 'Row\u00851', HIDDEN],
  ['a line break', 'Nils\nFrahm', HIDDEN],
  ['a separator of lines', 'Nils\u2028Frahm', HIDDEN],
  ['a separator of paragraphs', 'Nils\u2029Frahm', HIDDEN],
  ['an annotation', 'Nils\ufff9Frahm', HIDDEN],
  ['a joiner of Latin letters', 'Nils\u200dFrahm', HIDDEN],
  ['a non-joiner of Latin letters', 'Nils\u200cFrahm', HIDDEN],
  ['a joiner of Persian letters', 'می\u200dخواهم', HIDDEN],
  ['a non-joiner at the end of a Persian word', 'کتاب\u200c', HIDDEN],
  ['a non-joiner before a Persian word', 'ها \u200cکتاب', HIDDEN],
  ['a non-joiner before a Persian digit', 'کتاب\u200c۵', HIDDEN],
  ['two non-joiners of Persian letters', 'می\u200c\u200cخواهم', HIDDEN],
  ['a joiner of Hindi letters without a virama', 'क\u200dष', HIDDEN],
  ['a non-joiner of Hindi letters without a virama', 'क\u200cष', HIDDEN],
  ['a joiner behind a Bengali ra and before no virama', 'র\u200dক', HIDDEN],
  ['a joiner behind another Bengali letter and before a virama', 'ক\u200d্য', HIDDEN],
  ['a joiner of Latin and a virama', 'a\u200d\u094d', HIDDEN],
  ['a joiner before an emoji and behind none', 'a\u200d👧', HIDDEN],
  ['a joiner behind an emoji and before none', '👩\u200da', HIDDEN],
  ['two joiners of emoji', '👩\u200d\u200d👧', HIDDEN],
  ['a selector behind a letter', 'Nils\ufe0f', HIDDEN],
  ['two selectors behind an emoji', '❤\ufe0f\ufe0f', HIDDEN],
  ['a selector of Han behind a Latin letter', 'a\u{e0100}', HIDDEN],
  ['a selector of Mongolian behind a Latin letter', 'a\u180b', HIDDEN],
  ['three selectors of Mongolian', 'ᠨ\u180b\u180b\u180eᠠ', HIDDEN],
  ['tags without a flag', 'Nils\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}', HIDDEN],
  ['a flag whose tags do not end', '🏴\u{e0067}\u{e0062}\u{e0065}', HIDDEN],
  ['a flag with a message in its tags', `🏴${'\u{e0061}'.repeat(8)}\u{e007f}`, HIDDEN],
  ['marks piled up', `Ni${'\u0301\u0323'.repeat(3)}ls`, PILED_UP],
  ['marks piled up on a letter that has two', 'ế\u0301\u0301\u0301', PILED_UP],
  ['four accents on a letter', 'a\u0301\u0323\u0308\u0304', PILED_UP],
  ['Thai marks piled up', `ก${'\u0e47'.repeat(5)}`, PILED_UP],
  ['marks piled up with selectors between them', 'क\u0301\u0301\u0301\u094d\u200d\u0301', PILED_UP],
];

describe('a text that people read', () => {
  it.each(good)('may be %s', (_what, text) => {
    expect(textProblem(text)).toBeUndefined();
  });

  it.each(bad)('may not be %s', (_what, text, problem) => {
    expect(textProblem(text)).toBe(problem);
  });

  it('has line breaks where it may, and no others', () => {
    const lines = { lines: true };
    expect(textProblem('Two seats.\n\nBy the window.\n', lines)).toBeUndefined();
    expect(textProblem('Two seats.\r\nBy the window.', lines)).toBe(HIDDEN);
    expect(textProblem('Two seats.\u2028By the window.', lines)).toBe(HIDDEN);
    expect(textProblem('\n', lines)).toBe(BLANK);
    expect(textProblem('می\u200c\nخواهم', lines)).toBe(HIDDEN);
  });
});

/** Every character there is nothing to see of. */
const hidden = Array.from({ length: 0x11_0000 }, (_, code) => String.fromCodePoint(code)).filter(
  (character) =>
    /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u2800\ufff9-\ufffb]/u.test(character),
);
const aHidden = fc.oneof(
  fc.constantFrom(...hidden),
  fc.constantFrom(
    '\u200b',
    '\u200c',
    '\u200d',
    '\ufe0e',
    '\ufe0f',
    '\ufe00',
    '\u180b',
    '\u{e0067}',
    '\u{e007f}',
  ),
);

describe('a character that nobody sees', () => {
  it('hides in no Latin text, wherever it is put', () => {
    for (const character of hidden)
      expect([character, textProblem(`a${character}b`)]).toEqual([character, HIDDEN]);
    const latin = fc.array(fc.constantFrom(...'abcXYZ éñß.,', '\u0301'), { maxLength: 20 });
    fc.assert(
      fc.property(latin, latin, aHidden, (before, after, character) => {
        expect(textProblem(['a', ...before, character, ...after].join(''))).toBe(HIDDEN);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is alone in its place, behind something to see of the right kind, in whatever is good', () => {
    const seen = fc.constantFrom(...'ab1#?→', 'م', 'ی', 'क', '\u094d', '東', 'ᠨ', 'ខ', '👩', '🏽', '🏴', '❤');
    /** What is good, but for a character that is taken out or put in somewhere. */
    const nearlyGood = fc
      .tuple(fc.constantFrom(...good), fc.nat(), fc.nat({ max: 1 }), fc.array(aHidden, { maxLength: 1 }))
      .map(([[, text], at, left, added]) => {
        const characters = [...text];
        characters.splice(at % characters.length, left, ...added);
        return characters;
      });
    const texts = fc.oneof(fc.array(fc.oneof(seen, aHidden), { maxLength: 6 }), nearlyGood);
    let accepted = 0;
    fc.assert(
      fc.property(texts, (characters) => {
        const text = characters.join('');
        if (textProblem(text) !== undefined) return;
        const left = text.replace(/(?<=🏴)[\u{e0020}-\u{e007e}]{3,7}\u{e007f}/gu, '');
        const places = [...left].flatMap((character, at, all) =>
          hidden.includes(character)
            ? [{ character, before: all[at - 1] ?? '', after: all[at + 1] ?? '' }]
            : [],
        );
        if (places.length > 0) accepted += 1;
        for (const { character, before, after } of places) {
          // Nothing at the beginning, behind a space or a Latin letter; only a Persian suffix follows the latter.
          if (/^[\p{sc=Latin} ]?$/u.test(before))
            expect([character, after]).toEqual(['\u200c', expect.stringMatching(/\p{sc=Arab}/u)]);
          // Two in a row are a selector with the joiner or the vowel separator behind it.
          if (hidden.includes(before))
            expect(`${before}${character}`).toMatch(/^(?:[\ufe0e\ufe0f]\u200d|[\u180b-\u180f]{2})$/);
          if (character === '\u200b')
            expect(after).toMatch(/[\p{sc=Khmr}\p{sc=Laoo}\p{sc=Mymr}\p{sc=Thai}]/u);
        }
      }),
      { numRuns: 5_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});

describe('the texts of something', () => {
  it('are refused with a line for each that is wrong', () => {
    const refusal = invalidTexts({ title: 'Nils\u200b', place: 'Funkhaus', about: '\u0301' });
    expect(refusal).toBeInstanceOf(InvalidFields);
    expect(refusal?.lines).toEqual([
      { field: 'title', message: 'title must not have invisible characters', code: 'invalid_field' },
      { field: 'about', message: 'about must have something to read', code: 'invalid_field' },
    ]);
    expect(invalidTexts({ title: 'Nils', place: undefined })).toBeUndefined();
  });

  it('may stay as they stand, and only as they stand', () => {
    const standing = { title: 'Nils\u200b', place: 'Funkhaus' };
    expect(invalidTexts(standing, standing)).toBeUndefined();
    expect(invalidTexts({ ...standing, place: undefined }, standing)).toBeUndefined();
    expect(invalidTexts({ title: 'Nils\u200b\u200b' }, standing)?.lines).toMatchObject([{ field: 'title' }]);
    expect(invalidTexts({ place: 'Nils\u200b' }, standing)?.lines).toMatchObject([{ field: 'place' }]);
  });

  it('have line breaks where they may', () => {
    const texts = { title: 'Two\nseats', about: 'By\nthe window' };
    expect(invalidTexts(texts, {}, { about: { lines: true } })?.lines).toMatchObject([{ field: 'title' }]);
  });
});
