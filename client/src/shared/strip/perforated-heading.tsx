import type { ReactNode } from 'react';
import styles from './perforated.module.css';

/** The heading of a part of a page, under a row of holes. */
export const PerforatedHeading = ({ id, children }: { id: string; children: ReactNode }) => (
  <h2 id={id} className={`${styles.heading} title regular mb-3 scroll-mt-4 text-lg`}>
    {children}
  </h2>
);
