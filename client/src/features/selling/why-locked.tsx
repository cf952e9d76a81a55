import type { Ticket } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { LocalTime } from '../../shared/time/local-time.tsx';

const words = texts.selling.mine;

/** Why its seller cannot change it now: "Locked: a buyer is paying until 20:41." */
export const WhyLocked = ({ ticket: { reservedUntil } }: { ticket: Ticket }) =>
  reservedUntil === undefined ? (
    words.locked
  ) : (
    <>
      {words.lockedUntil} <LocalTime iso={reservedUntil} style="time" />.
    </>
  );
