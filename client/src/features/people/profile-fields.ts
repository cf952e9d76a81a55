/** What somebody says of themselves: read from the form, and what the form hears where it is refused. Pure. */
import type { ApiError } from '../../shared/api/api-error.ts';
import type { OwnProfile } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { type FormState, textOf } from '../../shared/ui/form-state.ts';
import { sayRefusal } from '../../shared/ui/say-refusal.ts';

/** As many as a profile has. */
export const linkFields = ['link1', 'link2', 'link3'] as const;
type LinkField = (typeof linkFields)[number];

export type ProfileField = 'name' | 'handle' | 'about' | 'city' | LinkField;

export interface ProfileState extends FormState<ProfileField> {
  /** The session is over: sign in elsewhere, and press again. */
  readonly isSignedOut?: boolean;
}

/** For community; what is empty is left out, and taken away there. */
export interface ProfileBody {
  readonly name: string;
  readonly handle?: string;
  readonly about?: string;
  readonly city?: string;
  readonly links: readonly string[];
}

const { errors: say } = texts.people;

/** A form that shows a profile as it is by now, or that is blank. */
export const valuesOf = (profile: OwnProfile | undefined): ProfileState['values'] =>
  profile === undefined
    ? {}
    : {
        name: profile.name,
        handle: profile.handle,
        about: profile.about ?? '',
        city: profile.city ?? '',
        ...Object.fromEntries(linkFields.map((field, at) => [field, profile.links[at] ?? ''])),
      };

const ofOneLine = (form: FormData, name: ProfileField): string =>
  textOf(form, name).replace(/\s+/g, ' ').trim();

/** `https://mira.example` of `mira.example`: nobody types the rest. */
const readLink = (typed: string): string =>
  typed === '' || /^[a-z][a-z0-9+.-]*:/i.test(typed) ? typed : `https://${typed}`;

const given = (text: string): string | undefined => (text === '' ? undefined : text);

const leaveOutEmpty = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** What the form was sent with. */
export const readProfile = (form: FormData): { body: ProfileBody; values: ProfileState['values'] } => {
  const name = ofOneLine(form, 'name');
  // Some write it as it is shown: @mira_oe.
  const handle = ofOneLine(form, 'handle').replace(/^@/, '').toLowerCase();
  const about = textOf(form, 'about').trim();
  const city = ofOneLine(form, 'city');
  const links = linkFields.map((field) => readLink(textOf(form, field).trim()));
  return {
    body: {
      name,
      ...leaveOutEmpty({ handle: given(handle), about: given(about), city: given(city) }),
      links: links.filter((link) => link !== ''),
    },
    values: {
      ...{ name, handle, about, city },
      ...Object.fromEntries(linkFields.map((field, at) => [field, links[at] ?? ''])),
    },
  };
};

const MAX_LINK = 200;

const isGoodLink = (link: string): boolean =>
  link.length <= MAX_LINK && URL.canParse(link) && new URL(link).protocol === 'https:' && !/\s/.test(link);

/** Community has decided already, and does not say which link it was: this only finds the field. */
const badLinks = (values: ProfileState['values']): readonly LinkField[] => {
  const typed = linkFields.filter((field) => (values[field] ?? '') !== '');
  const bad = typed.filter((field) => !isGoodLink(values[field] ?? ''));
  return bad.length > 0 ? bad : typed.slice(0, 1);
};

/** Why community did not take it: at the fields it names, or as a whole. */
export const refusedProfile = (error: ApiError, values: ProfileState['values']): ProfileState => {
  const bad = new Set(error.lines.filter(({ code }) => code === 'invalid_field').map(({ field }) => field));
  const errors: ProfileState['errors'] = {
    ...Object.fromEntries(
      (['name', 'handle', 'about', 'city'] as const)
        .filter((field) => bad.has(field))
        .map((field) => [field, say[field]]),
    ),
    ...(bad.has('links') ? Object.fromEntries(badLinks(values).map((field) => [field, say.link])) : {}),
    ...(error.is('handle_taken') ? { handle: say.taken } : {}),
    ...(error.is('handle_changed_lately') ? { handle: say.changedLately } : {}),
  };
  if (Object.keys(errors).length > 0) return { values, errors };
  return {
    values,
    errors,
    message: error.is('profile_hidden') ? say.hidden : sayRefusal(error),
    ...(error.is('not_signed_in') ? { isSignedOut: true } : {}),
  };
};
