/** What a form lies on: the counter, whose ink changes at night, or stock, which stays as it is. */
export type Surface = 'counter' | 'stock';

export const onSurface = {
  counter: {
    input: 'border-quiet bg-field text-on-counter aria-invalid:border-warn',
    hint: 'text-quiet',
    error: 'text-warn',
    message: 'border-warn text-warn',
  },
  stock: {
    input: 'border-ink bg-paper text-ink aria-invalid:border-urgent',
    hint: 'text-ink',
    error: 'text-urgent',
    message: 'border-urgent text-urgent',
  },
} as const satisfies Record<Surface, Record<string, string>>;
