import type { ReactNode } from 'react';
import styles from './perforated.module.css';

/** A slip that nobody has written on yet: only its outline, and why. */
export const BlankSlip = ({ children }: { children: ReactNode }) => (
  <div className={`${styles.blank} wrap-anywhere`}>{children}</div>
);
