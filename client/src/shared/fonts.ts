/**
 * The three faces, from npm and not from another host. Latin is preloaded for titles and text; latin-ext comes only
 * where a letter of it is on the page, and brings the fallback with the same measures, so that nothing jumps.
 */
import localFont from 'next/font/local';

const anybody = localFont({
  src: '../../../node_modules/@fontsource-variable/anybody/files/anybody-latin-standard-normal.woff2',
  variable: '--anybody',
  weight: '100 900',
  declarations: [{ prop: 'font-stretch', value: '50% 150%' }],
  adjustFontFallback: false,
});
const anybodyExt = localFont({
  src: '../../../node_modules/@fontsource-variable/anybody/files/anybody-latin-ext-standard-normal.woff2',
  variable: '--anybody-ext',
  weight: '100 900',
  declarations: [{ prop: 'font-stretch', value: '50% 150%' }],
  preload: false,
});
const hanken = localFont({
  src: '../../../node_modules/@fontsource-variable/hanken-grotesk/files/hanken-grotesk-latin-wght-normal.woff2',
  variable: '--hanken',
  weight: '100 900',
  adjustFontFallback: false,
});
const hankenExt = localFont({
  src: '../../../node_modules/@fontsource-variable/hanken-grotesk/files/hanken-grotesk-latin-ext-wght-normal.woff2',
  variable: '--hanken-ext',
  weight: '100 900',
  preload: false,
});
const martian = localFont({
  src: '../../../node_modules/@fontsource-variable/martian-mono/files/martian-mono-latin-wght-normal.woff2',
  variable: '--martian',
  weight: '100 800',
  preload: false,
});

/** The class names that make the faces known to the style sheet. */
export const fonts = [anybody, anybodyExt, hanken, hankenExt, martian]
  .map(({ variable }) => variable)
  .join(' ');
