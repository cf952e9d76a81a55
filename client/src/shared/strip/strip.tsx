import type { ElementType, ReactNode } from 'react';
import { type Stock, stockOf } from './stock.ts';
import { stockClass } from './stock-class.ts';
import styles from './strip.module.css';

/**
 * What the perforation says: `intact` (on sale), `held` (the stub is lifted), `torn` (the stub is off: it is yours), or
 * `outline` (no stock: cancelled, or blank).
 */
export type Tear = 'intact' | 'held' | 'torn' | 'outline';

export interface StripProps {
  /** Of the ticket; its stock follows from it. Without one, name a stock. */
  readonly id?: string;
  readonly stock?: Stock;
  readonly tear?: Tear;
  /** The stub lifts under the pointer and the focus, because there is something to be done with it. */
  readonly tearable?: boolean;
  /** Folded once: something went wrong with it. */
  readonly creased?: boolean;
  /** The one strip that its page is about. On a narrow page the stub hangs below the body. */
  readonly large?: boolean;
  readonly stub: ReactNode;
  readonly children: ReactNode;
  readonly as?: ElementType;
  readonly className?: string;
  readonly 'aria-labelledby'?: string;
}

/** One strip of printed stock: what is for sale, held, or bought, or the place where something will be. */
export const Strip = ({
  id,
  stock = id === undefined ? 'gold' : stockOf(id),
  tear = 'intact',
  tearable = false,
  creased = false,
  large = false,
  stub,
  children,
  as: Element = 'article',
  className,
  ...aria
}: StripProps) => (
  <Element
    {...aria}
    data-tear={tear}
    className={[
      styles.strip,
      stockClass(stock),
      styles[tear],
      tearable ? styles.tearable : '',
      creased ? styles.creased : '',
      large ? styles.large : '',
      className ?? '',
    ].join(' ')}
  >
    <div className={styles.body}>{children}</div>
    <div className={styles.stub}>{stub}</div>
  </Element>
);
