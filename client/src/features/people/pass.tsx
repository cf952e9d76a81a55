import type { ElementType, ReactNode } from 'react';
import { Mark } from '../../shared/person/mark.tsx';
import { stockOf } from '../../shared/strip/stock.ts';
import { stockClass } from '../../shared/strip/stock-class.ts';
import styles from './pass.module.css';

interface PassProps {
  /** Whose it is; its stock and its mark follow from it. */
  readonly userId: string;
  /** It stays beside what goes by. */
  readonly stays?: boolean;
  readonly as?: ElementType;
  readonly className?: string;
  readonly 'aria-labelledby'?: string;
  readonly children: ReactNode;
}

/** What somebody shows of themselves: a pass with a slot, and their mark on it. */
export const Pass = ({
  userId,
  stays = false,
  as: Element = 'section',
  className = '',
  children,
  ...aria
}: PassProps) => (
  <Element
    {...aria}
    className={`${styles.pass} ${stockClass(stockOf(userId))} ${stays ? styles.stays : ''} ${className}`}
  >
    <span aria-hidden="true" className={styles.slot} />
    <Mark userId={userId} className="h-11" />
    {children}
  </Element>
);
