/** How things to press look: filled with ink on stock and counter alike, red where money moves, or quiet text. */
const shape =
  'inline-flex items-center justify-center gap-2 min-h-11 px-4 font-semibold text-base rounded-[3px] cursor-pointer forced-colors:border ' +
  'disabled:cursor-default disabled:opacity-70 aria-disabled:cursor-default aria-disabled:opacity-70';

export const button = {
  /** On stock, which is light by day and by night. */
  onStock: `${shape} bg-ink text-paper hover:bg-[#2b3a47]`,
  /** On the counter, whose ink changes at night. */
  onCounter: `${shape} bg-on-counter text-counter hover:opacity-90`,
  /** On stock, beside one that is filled, or in its place once what it did is done. */
  outlined: `${shape} border-2 border-ink hover:bg-ink hover:text-paper`,
  pay: `${shape} bg-pay text-white hover:bg-[#b02a14]`,
  quiet:
    'inline-flex items-center min-h-11 underline underline-offset-4 decoration-1 hover:decoration-2 cursor-pointer',
};
