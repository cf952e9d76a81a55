/** The five stocks a ticket can be printed on. Which one says nothing: it only makes a ticket easy to find again. */
export const stocks = ['gold', 'salmon', 'pea', 'sky', 'lilac'] as const;

export type Stock = (typeof stocks)[number];

/** The stock of a ticket, the same everywhere and always. @param id of the ticket, 24 hexadecimal digits */
export const stockOf = (id: string): Stock =>
  stocks[Number.parseInt(id.slice(-6), 16) % stocks.length] ?? 'gold';
