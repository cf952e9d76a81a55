'use client';
import Link from 'next/link';
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  startTransition,
  useActionState,
  useEffect,
  useLayoutEffect,
  useState,
} from 'react';
import { Strip } from '../../shared/strip/strip.tsx';
import { widthOf } from '../../shared/strip/title.ts';
import { texts } from '../../shared/texts/index.ts';
import { useZone } from '../../shared/time/use-zone.ts';
import { button } from '../../shared/ui/button.ts';
import { FieldFrame } from '../../shared/ui/field.tsx';
import ruled from '../../shared/ui/line.module.css';
import { SubmitButton } from '../../shared/ui/submit-button.tsx';
import { useAttempt } from '../../shared/ui/use-attempt.ts';
import { useRefusalFocus } from '../../shared/ui/use-refusal-focus.ts';
import { FormRefusal } from '../session/form-refusal.tsx';
import { edit, sell } from './actions.ts';
import type { OfferState } from './offer.ts';
import styles from './offer-form.module.css';
import { readPrice, writePrice } from './price.ts';
import { readStartsAt, shownAt } from './starts-at.ts';

const { fields, errors: say } = texts.selling;

const kinds = {
  sell: { action: sell, words: texts.selling.sell },
  edit: { action: edit, words: texts.selling.edit },
};

interface OfferFormProps {
  readonly kind: keyof typeof kinds;
  /** What stands in the fields. */
  readonly initial: OfferState;
  /** Of a new ticket: made by the server, so that pressing twice sells once. */
  readonly attempt?: string;
  /** The ticket that is edited; a new one has no stock yet. */
  readonly ticketId?: string;
  /** In which everything is sold here, where that is known. */
  readonly currency: string | undefined;
  /** Of the page that the form is on. */
  readonly path: string;
  /** A buyer holds it. */
  readonly isLocked?: boolean;
  /** What is to be said before anything is sent. */
  readonly notice?: ReactNode;
}

/**
 * A blank strip that prints as one types: the title as wide as its length lets it be, the price on the stub. It works
 * before the page is alive; then its date is UTC, and says so.
 */
export const OfferForm = ({
  kind,
  initial,
  attempt = '',
  ticketId,
  currency,
  path,
  isLocked = false,
  notice,
}: OfferFormProps) => {
  const { action, words } = kinds[kind];
  const [state, formAction] = useActionState(action, initial);
  const form = useRefusalFocus(state);
  const first = useAttempt(attempt);
  const { values, errors } = state;
  const startsAtBefore = initial.values.startsAt ?? '';
  const [title, setTitle] = useState(values.title ?? '');
  const [price, setPrice] = useState(values.price ?? '');

  const zoneHere = useZone();
  const [staysUtc, stayUtc] = useState(false);
  /** The visitor's own; undefined as long as the date is UTC. */
  const zone = staysUtc ? undefined : zoneHere;
  useLayoutEffect(() => {
    const typed = form.current?.elements.namedItem('startsAt');
    // A date that was typed before the page was alive was asked for in UTC, and stays so.
    if (typed instanceof HTMLInputElement && typed.value !== typed.defaultValue) stayUtc(true);
  }, [form]);

  // What was typed before the page was alive.
  useEffect(() => {
    const { elements } = form.current ?? {};
    const typedTitle = elements?.namedItem('title');
    const typedPrice = elements?.namedItem('price');
    if (typedTitle instanceof HTMLTextAreaElement) setTitle(typedTitle.value);
    if (typedPrice instanceof HTMLInputElement) setPrice(typedPrice.value);
  }, [form]);

  const readZone = ({ currentTarget }: FormEvent<HTMLFormElement>): void => {
    const typed = currentTarget.elements.namedItem('startsAt');
    const instant = currentTarget.elements.namedItem('startsAtInstant');
    if (typed instanceof HTMLInputElement && instant instanceof HTMLInputElement)
      instant.value = readStartsAt(typed.value, startsAtBefore, zone);
  };

  return (
    // A browser neither brings back what was typed in another zone, nor what was read of it.
    <form
      ref={form}
      action={formAction}
      onSubmit={readZone}
      noValidate
      autoComplete="off"
      className="flex flex-col gap-4"
    >
      {state.message === undefined ? (
        notice
      ) : (
        <FormRefusal state={state} surface="counter" path={path} signIn={say.signIn} />
      )}
      <input type="hidden" name="key" value={state.key ?? first.key} />
      <input type="hidden" name="startsAtBefore" value={startsAtBefore} />
      <input type="hidden" name="startsAtInstant" defaultValue="" />
      {ticketId !== undefined && <input type="hidden" name="ticket" value={ticketId} />}
      <Strip
        as="div"
        large
        tear={isLocked ? 'held' : 'intact'}
        {...(ticketId === undefined ? { className: styles.blank ?? '' } : { id: ticketId })}
        stub={
          <>
            <FieldFrame
              surface="stock"
              label={currency === undefined ? fields.price : fields.priceIn(currency)}
              labelClassName="font-mono text-xs"
              className="w-full text-left"
              error={errors.price}
            >
              {(tied) => (
                <input
                  {...tied}
                  name="price"
                  inputMode="decimal"
                  required
                  placeholder={fields.priceExample}
                  defaultValue={values.price}
                  onInput={({ currentTarget }) => setPrice(currentTarget.value)}
                  onBlur={({ currentTarget }) => setPrice(printPrice(currentTarget))}
                  className={`${ruled.line} font-mono font-semibold text-lg tracking-tight sm:text-right ${price.length > 8 ? '' : 'sm:text-xl'}`}
                />
              )}
            </FieldFrame>
            <SubmitButton pending={words.pending} className="w-full sm:min-h-14 sm:text-lg">
              {words.submit}
            </SubmitButton>
          </>
        }
      >
        <FieldFrame
          surface="stock"
          label={fields.title}
          labelClassName="font-mono text-xs"
          error={errors.title}
        >
          {(tied) => (
            <textarea
              {...tied}
              name="title"
              rows={2}
              maxLength={200}
              enterKeyHint="next"
              required
              placeholder={fields.titleExample}
              defaultValue={values.title}
              onInput={({ currentTarget }) => setTitle(currentTarget.value)}
              onKeyDown={sendByEnter}
              className={`${ruled.line} ${styles.title} title text-large ${widthOf(title === '' ? fields.titleExample : title)}`}
            />
          )}
        </FieldFrame>
        <div className="mt-auto grid gap-x-6 gap-y-3 pt-2 sm:grid-cols-2 sm:text-lg">
          <FieldFrame
            surface="stock"
            label={
              <>
                {fields.startsAt} <Zone zone={zone} />, {fields.optional}
              </>
            }
            labelClassName="font-mono text-xs"
            error={errors.startsAt}
          >
            {(tied) => (
              <input
                {...tied}
                type="datetime-local"
                name="startsAt"
                defaultValue={shownAt(values.startsAt ?? '', zone)}
                className={`${ruled.line} font-semibold`}
              />
            )}
          </FieldFrame>
          <FieldFrame
            surface="stock"
            label={`${fields.place}, ${fields.optional}`}
            labelClassName="font-mono text-xs"
            error={errors.place}
          >
            {(tied) => (
              <input
                {...tied}
                name="place"
                maxLength={200}
                placeholder={fields.placeExample}
                defaultValue={values.place}
                className={ruled.line}
              />
            )}
          </FieldFrame>
        </div>
      </Strip>
      {kind === 'edit' && (
        <p>
          <Link href="/tickets/mine" className={button.quiet}>
            {texts.selling.edit.back}
          </Link>
        </p>
      )}
    </form>
  );
};

const Zone = ({ zone }: { zone: string | undefined }) => (
  <span>{zone === undefined ? fields.inUtc : fields.inZone(zone)}</span>
);

/** `48` becomes `48.00`; what cannot be read stays. */
const printPrice = (input: HTMLInputElement): string => {
  const price = readPrice(input.value);
  if (price !== undefined) input.value = writePrice(price);
  return input.value;
};

/** A title has one line, so Enter sends, as in any field of one line. */
const sendByEnter = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
  if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
  event.preventDefault();
  const submit = event.currentTarget.form?.querySelector<HTMLButtonElement>('button[type="submit"]');
  startTransition(() => submit?.click());
};
