import type { ElementType, ReactNode } from 'react';
import type { Stock } from '../../shared/strip/stock.ts';
import { stockClass } from '../../shared/strip/stock-class.ts';
import styles from './slip.module.css';

interface SlipProps {
  /** Of what it is about; paper, where it is about nothing. */
  readonly stock?: Stock | undefined;
  /** What hangs on it still. */
  readonly stub?: ReactNode;
  readonly children: ReactNode;
  readonly as?: ElementType;
  readonly id?: string;
  readonly className?: string;
  readonly 'aria-labelledby'?: string;
}

/** A slip of paper, torn off along its left edge. */
export const Slip = ({
  stock,
  stub,
  children,
  as: Element = 'article',
  className = '',
  ...rest
}: SlipProps) => (
  <Element
    {...rest}
    className={[
      styles.slip,
      stock === undefined ? styles.paper : stockClass(stock),
      stub === undefined ? '' : styles.hung,
      className,
    ].join(' ')}
  >
    <div className={styles.back}>{children}</div>
    {stub}
  </Element>
);
