import { styleText } from 'node:util';

/** A line of a log, read. */
export interface LogLine {
  readonly service: string;
  /** Milliseconds since 1970; undefined where the line does not say. */
  readonly time: number | undefined;
  readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  readonly message: string;
  /** What else it says, as `name=value`. */
  readonly fields: readonly string[];
  /** Stacks and such, line by line. */
  readonly details: readonly string[];
}

/** pino's numbers (https://getpino.io/#/docs/api?id=logger-level). */
const LEVELS: Readonly<Record<number, LogLine['level']>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
const TOLD_OTHERWISE = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'service',
  'name',
  'msg',
  'err',
  'traceId',
]);

/** Reads a line of pino, or of anything else that a process prints. */
export const readLogLine = (service: string, line: string): LogLine => {
  const record = parse(line);
  if (record === undefined) {
    return { service, time: undefined, level: 'info', message: printable(line), fields: [], details: [] };
  }
  const { level, time, msg, err } = record;
  const error = typeof err === 'object' && err !== null ? err : {};
  const stack = 'stack' in error && typeof error.stack === 'string' ? error.stack : '';
  return {
    service,
    time: typeof time === 'number' ? time : undefined,
    level: LEVELS[Number(level)] ?? 'info',
    message: printable(typeof msg === 'string' ? msg : ''),
    fields: Object.entries(record)
      .filter(([name]) => !TOLD_OTHERWISE.has(name))
      .map(([name, value]) =>
        printable(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
      ),
    details: stack.split('\n').filter(Boolean).map(printable),
  };
};

const parse = (line: string): Record<string, unknown> | undefined => {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'level' in value
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};

/** A visitor's text in a log must not steer the terminal it is shown in. */
const printable = (text: string): string =>
  text.replace(/\p{Cc}/gu, (char) => (char === '\t' ? ' ' : '\uFFFD'));

type Style = Parameters<typeof styleText>[0];

const SERVICE_COLOURS: readonly Style[] = ['cyan', 'magenta', 'green', 'blue', 'yellow'];
const LEVEL_STYLES: Partial<Record<LogLine['level'], Style>> = {
  warn: 'yellow',
  error: 'red',
  fatal: ['red', 'bold'],
};

/** Formats lines for a person: the time, who, and what, each service in a colour of its own. */
export const logFormatter = (
  options: { readonly colours: boolean } = { colours: false },
): ((line: LogLine) => string) => {
  const colourOf = new Map<string, Style>();
  const paint = (style: Style | undefined, text: string): string =>
    !options.colours || style === undefined || text === ''
      ? text
      : styleText(style, text, { validateStream: false });

  return ({ service, time, level, message, fields, details }) => {
    let colour = colourOf.get(service);
    if (colour === undefined) {
      colour = SERVICE_COLOURS[colourOf.size % SERVICE_COLOURS.length] ?? 'cyan';
      colourOf.set(service, colour);
    }
    const clock = time === undefined ? ' '.repeat(12) : paint('gray', clockTime(time));
    const who = paint(colour, service.padEnd(12));
    const loud = level === 'info' ? '' : `${level} `;
    const first = [
      clock,
      who,
      paint(LEVEL_STYLES[level], `${loud}${message}`),
      paint('gray', fields.join(' ')),
    ];
    return [
      first.filter(Boolean).join(' '),
      ...details.map((detail) => `${' '.repeat(13)}${who} ${paint('gray', detail)}`),
    ].join('\n');
  };
};

const clockTime = (time: number): string => {
  const at = new Date(time);
  const two = (n: number) => String(n).padStart(2, '0');
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`;
};
