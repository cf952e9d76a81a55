'use client';
import { useTransition } from 'react';
import { texts } from '../shared/texts/index.ts';
import { button } from '../shared/ui/button.ts';
import { Notice } from '../shared/ui/notice.tsx';

const { error: words } = texts.shop;

interface Props {
  readonly retry: () => void;
}

/** What nobody expected. It is tried again when somebody asks for it, and never by itself. */
const Broken = ({ retry }: Props) => {
  const [isTrying, startTrying] = useTransition();
  return (
    <Notice
      creased
      title={words.title}
      text={words.text}
      again={
        <button
          type="button"
          aria-disabled={isTrying || undefined}
          onClick={() => {
            if (!isTrying) startTrying(() => retry());
          }}
          className={`${button.onStock} w-full sm:min-h-14`}
        >
          {words.again}
        </button>
      }
    />
  );
};

export default Broken;
