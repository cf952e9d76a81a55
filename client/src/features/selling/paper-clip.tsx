/** Holds what a buyer is paying for: bent once around the edge of the strip. */
export const PaperClip = ({ className }: { className: string }) => (
  <svg
    aria-hidden="true"
    viewBox="0 0 24 60"
    width="24"
    height="60"
    fill="none"
    strokeLinecap="round"
    className={className}
  >
    <path d={WIRE} stroke="#14202b" strokeWidth="4" />
    <path d={WIRE} stroke="#aeb9bf" strokeWidth="2" />
  </svg>
);

const WIRE = 'M17 18v26a5 5 0 0 1-10 0V12a7 7 0 0 1 14 0v34a9 9 0 0 1-18 0V20';
