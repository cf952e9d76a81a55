import styles from './stock.module.css';
import type { Stock } from './stock.ts';

/** The class by which something is printed on this stock. */
export const stockClass = (stock: Stock): string => styles[stock] ?? '';
