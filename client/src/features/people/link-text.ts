/** `mira.example` of `https://www.mira.example/`: what is shown of a link is where it leads. */
const hostOf = (link: string): string => new URL(link).host.replace(/^www\./, '');

/** Of what follows the host, so many letters are shown; a host is never cut, as its end says whose it is. */
const MOST_LETTERS = 24;

const shortened = (text: string): string =>
  text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text;

/** The host of a link; where others lead there too, with what tells them apart. Pure. */
export const linkText = (link: string, all: readonly string[]): string => {
  const host = hostOf(link);
  if (all.filter((each) => hostOf(each) === host).length <= 1) return host;
  const { pathname, search } = new URL(link);
  return `${host}${shortened(`${pathname.replace(/\/$/, '')}${search}`)}`;
};
