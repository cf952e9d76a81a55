import { texts } from '../../shared/texts/index.ts';
import type { CardField } from './card.ts';
import type { Decline } from './outcome.ts';

const said: Readonly<Record<string, string>> = texts.payments.declined;

/**
 * Why a card was refused, as finely as its bank lets us know; and that nothing is lost.
 * @param timeLeft as a clock shows it; undefined when there is none
 */
export const sayDecline = ({ code, declineCode }: Decline, timeLeft: string | undefined): string => {
  const why = [declineCode, code].find((each) => each !== undefined && Object.hasOwn(said, each));
  const left = timeLeft === undefined ? [] : [texts.payments.nothingTaken(timeLeft)];
  return [said[why ?? 'otherwise'], ...left].join(' ');
};

/** Where the slip is, if it is one. */
export const fieldOfDecline = ({ code }: Decline): CardField | undefined => {
  switch (code) {
    case 'expired_card':
      return 'expiry';
    case 'incorrect_cvc':
      return 'cvc';
    case 'incorrect_number':
      return 'number';
    default:
      return undefined;
  }
};
