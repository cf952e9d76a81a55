import { stocks } from '../../shared/strip/stock.ts';
import { Strip } from '../../shared/strip/strip.tsx';
import styles from './ticket-list.module.css';

/** Blank stock, where tickets will be printed in a moment. */
export const BlankStock = ({ count }: { count: number }) => (
  <div aria-hidden="true" className={styles.list}>
    {stocks.slice(0, count).map((stock) => (
      <Strip key={stock} as="div" stock={stock} stub={null}>
        {null}
      </Strip>
    ))}
  </div>
);
