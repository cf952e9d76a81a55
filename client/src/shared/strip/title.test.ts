import { describe, expect, it } from '@jest/globals';
import { widthIn, widthOf, widthOnStub } from './title.ts';

const widths = (title: string) => widthOf(title).split(/\s+/);

describe('the width of a title', () => {
  it.each([
    ['Nils Frahm', 'wide'],
    ['St Pauli v Union, Südkurve', 'regular'],
    ['Hamburg – Berlin, ICE 703, 14 December', 'narrow'],
    ['JSConf day pass with workshop, transferable, name change until the evening', 'tight'],
  ])('of “%s” is %s', (title, width) => {
    expect(widths(title)[0]).toBe(width);
  });

  it('knows that some letters are wider than others', () => {
    expect(widths('Lilli')).toEqual(['wide']);
    expect(widths('WOMAD')).toEqual(['wide', '@max-[560px]:regular', '@max-[340px]:regular']);
  });

  it('counts letters as people do', () => {
    expect(widths('🎻🎻🎻🎻🎻 🎻🎻🎻🎻🎻')[0]).toBe('wide');
  });

  it('is smaller where a long word would have to be broken, the more so the narrower the strip is', () => {
    expect(widths('Otis')).toEqual(['wide']);
    expect(widths('Nils Frahm')).toEqual(['wide', '@max-[340px]:regular']);
    expect(widths('Rosalía')).toEqual(['wide', '@max-[560px]:regular', '@max-[340px]:regular']);
    expect(widths('Philharmonie')).toEqual(['regular', '@max-[560px]:narrow', '@max-[340px]:tight']);
    expect(widths('Weihnachtsoratorium')[0]).toBe('narrow');
  });

  it('is tight, and then its letters are smaller, where nothing else fits', () => {
    expect(widths('Weihnachtsmarkt').slice(1)).toEqual([
      '@max-[560px]:tight',
      '@max-[340px]:tight',
      '@max-[560px]:text-[1.75rem]',
      '@max-[340px]:text-[1.25rem]',
    ]);
    expect(widths('Mummenschanz').slice(1)).toEqual([
      '@max-[560px]:tight',
      '@max-[340px]:tight',
      '@max-[340px]:text-[1.25rem]',
    ]);
  });

  it('on a stub is as its longest word needs it there', () => {
    const on = (title: string) => widthOnStub(title, { desk: 8.4, phone: 14 });
    expect(['Nils Frahm', 'Die Dreigroschenoper', 'Weihnachtsoratorium'].map(on)).toEqual([
      'wide max-sm:wide',
      'narrow max-sm:regular',
      'tight max-sm:regular',
    ]);
  });

  it.each([
    ['Ada Lovelace', 'regular'],
    ['Mira Öztürk', 'wide'],
    ['Weihnachtsmarkt', 'tight'],
    ['unwithdrawableunbreakable', 'tight text-[1.25rem] leading-6'],
  ])('is set by one measure where there is no stub: “%s” is %s', (name, width) => {
    expect(widthIn(name, 6.8)).toBe(width);
  });
});
