import { pathOf, shapesOf } from './shapes.ts';

interface MarkProps {
  readonly userId: string;
  /** Its height; it is 2.25 times as wide. */
  readonly className?: string;
}

/** What everybody has in place of a picture: two shapes in the ink around it. It says nothing that the name beside it does not. */
export const Mark = ({ userId, className = 'h-[18px]' }: MarkProps) => {
  const [first, second] = shapesOf(userId);
  return (
    <svg
      viewBox="0 0 54 24"
      aria-hidden="true"
      className={`aspect-[9/4] w-auto flex-none fill-current ${className}`}
    >
      <path d={pathOf(first)} />
      <path d={pathOf(second)} transform="translate(30)" />
    </svg>
  );
};
