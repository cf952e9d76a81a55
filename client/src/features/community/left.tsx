'use client';
import { texts } from '../../shared/texts/index.ts';
import { useHydrated } from '../../shared/ui/use-hydrated.ts';
import { countLeft, leftToSay } from './writing.ts';

const words = texts.community.write;

interface LeftProps {
  readonly typed: string;
  readonly most: number;
  /** It is shown only when there is little room left. */
  readonly isQuiet?: boolean;
}

/** For how many more characters there is room, as soon as something counts them. */
export const Left = ({ typed, most, isQuiet = false }: LeftProps) => {
  const isAlive = useHydrated();
  const left = countLeft(typed, most);
  const toSay = leftToSay(left);
  if (!isAlive) return null;
  const isShown = !isQuiet || left <= 100;
  return (
    <>
      <span
        aria-hidden="true"
        className={`font-mono text-xs ${left < 0 ? 'font-bold text-urgent' : ''} ${isShown ? '' : 'hidden'}`}
      >
        {words.left(left)}
      </span>
      <span role="status" className="sr-only">
        {toSay !== undefined && words.leftSaid(toSay)}
      </span>
    </>
  );
};
