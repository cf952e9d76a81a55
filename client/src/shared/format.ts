/** Money and times as people read them. One locale so far: a second language brings its own with its texts. */
const LOCALE = 'en-US';

/** Makes a formatter once for each `key`: making one takes longer than all it formats on a page, above all on a phone. */
const onceFor = <F>(make: (key: string) => F): ((key: string) => F) => {
  const made = new Map<string, F>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
};

const priceFormat = onceFor(
  (currency) => new Intl.NumberFormat(LOCALE, { style: 'currency', currency: currency.toUpperCase() }),
);

/** `$48.00` of 48 and `usd`. */
export const formatPrice = (price: number, currency: string): string => priceFormat(currency).format(price);

/** `6:12` of 372 seconds: what a clock shows, without the hour it never has. Never below zero. */
export const formatClock = (seconds: number): string => {
  const left = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
};

/** `40 seconds`, `3 minutes`: how long to wait, rounded up. */
export const formatWait = (seconds: number): string => {
  const [amount, unit] =
    seconds < 90 ? [Math.max(1, Math.ceil(seconds)), 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return new Intl.NumberFormat(LOCALE, { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
};

const styles = {
  /** `20:41` */
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  /** `Dec 14, 2026` */
  day: { day: 'numeric', month: 'short', year: 'numeric' },
  /** `March 2026` */
  month: { month: 'long', year: 'numeric' },
  /** `Sat, Dec 14, 2026` */
  date: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  /** `Sat, Dec 14, 2026, 20:00` */
  'date and time': {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

export type TimeStyle = keyof typeof styles;

const timeFormats = {
  time: onceFor((zone) => timeFormat('time', zone)),
  day: onceFor((zone) => timeFormat('day', zone)),
  month: onceFor((zone) => timeFormat('month', zone)),
  date: onceFor((zone) => timeFormat('date', zone)),
  'date and time': onceFor((zone) => timeFormat('date and time', zone)),
} as const satisfies Record<TimeStyle, (zone: string) => Intl.DateTimeFormat>;

/** @param zone empty where the visitor's is not known */
const timeFormat = (style: TimeStyle, zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(LOCALE, {
    ...styles[style],
    timeZone: zone || 'UTC',
    ...(zone === '' && 'hour' in styles[style] ? { timeZoneName: 'short' } : {}),
  });

/**
 * @param iso ISO 8601
 * @param timeZone of the visitor where it is known; UTC, and said so, where it is not (the server)
 */
export const formatTime = (iso: string, style: TimeStyle, timeZone = ''): string =>
  timeFormats[style](timeZone).format(new Date(iso));
