/** What people say of themselves. No I/O, no clock: `now` comes in. */
import { BadRequest, NotFound } from '@ticketing/common/errors';
import { invalidTexts } from '@ticketing/common/texts';

export interface Profile {
  /** Of the person: the user of auth. */
  readonly id: string;
  readonly version: number;
  /** Theirs alone; by it a profile is found. */
  readonly handle: string;
  /** Every handle they ever had: nobody else gets one of these, so nobody can pass for them. */
  readonly handles: readonly string[];
  /** When they chose the handle; absent while it is one that was made up for them. */
  readonly handleChosenAt?: Date | undefined;
  readonly name: string;
  readonly about?: string | undefined;
  readonly city?: string | undefined;
  /** https */
  readonly links: readonly string[];
  readonly since: Date;
  /** Hidden by an operator, with all that they wrote and liked. */
  readonly hidden: boolean;
}

/** What people give; without a handle they keep theirs. */
export interface ProfileFields {
  readonly handle?: string | undefined;
  readonly name: string;
  readonly about?: string | undefined;
  readonly city?: string | undefined;
  readonly links?: readonly string[] | undefined;
}

const DAY_MS = 24 * 60 * 60_000;
const HANDLE_STAYS_MS = 30 * DAY_MS;

/** Handles by which a person could pass for us. */
const OURS = new Set(
  `admin administrator help info moderator official operator root security staff stripe support system team ticketing
  ticketing_dev ticketingdev`.split(/\s+/),
);

export class HandleTaken extends BadRequest {
  constructor() {
    super('handle_taken', 'This handle is taken', 'handle');
  }
}

export class HandleChangedLately extends BadRequest {
  /** @param until from when on it can be changed again */
  constructor(until: Date) {
    const day = until.toISOString().slice(0, 10);
    super('handle_changed_lately', `A handle can be changed once in 30 days, yours from ${day} on`, 'handle');
  }
}

/** An operator has hidden the profile: until it is restored, its person can write, like and follow nothing. */
export class ProfileHidden extends BadRequest {
  constructor() {
    super('profile_hidden', 'Your profile was hidden by an operator');
  }
}

/** @throws {ProfileHidden} */
export const refuseHidden = (profile: Pick<Profile, 'hidden'> | undefined): void => {
  if (profile?.hidden) throw new ProfileHidden();
};

/** The first profile of somebody who has written before saying who they are: the handle is made up. */
export const unnamedProfile = (id: string, madeUp: string, now: Date): Profile => ({
  id,
  version: 0,
  handle: madeUp,
  handles: [madeUp],
  name: madeUp,
  links: [],
  since: now,
  hidden: false,
});

/** From when on the handle can be changed. Undefined: at once. */
export const handleStaysUntil = ({ handleChosenAt }: Profile, now: Date): Date | undefined => {
  if (handleChosenAt === undefined) return undefined;
  const until = new Date(handleChosenAt.getTime() + HANDLE_STAYS_MS);
  return until > now ? until : undefined;
};

const withHandle = (profile: Profile, handle: string | undefined, now: Date): Profile => {
  if (handle === undefined || handle === profile.handle) return profile;
  if (OURS.has(handle)) throw new HandleTaken();
  const until = handleStaysUntil(profile, now);
  if (until !== undefined) throw new HandleChangedLately(until);
  const handles = profile.handles.includes(handle) ? profile.handles : [...profile.handles, handle];
  return { ...profile, handle, handles, handleChosenAt: now };
};

/**
 * What becomes of a profile when its person says who they are. Texts that stand already may stay.
 * @throws {HandleTaken} {HandleChangedLately} {InvalidFields}
 */
export const describeSelf = (profile: Profile, { handle, ...fields }: ProfileFields, now: Date): Profile => {
  const { name, about, city, links = [] } = fields;
  const invalid = invalidTexts({ name, city, about }, profile, { about: { lines: true } });
  if (invalid !== undefined) throw invalid;
  return { ...withHandle(profile, handle, now), name, about, city, links };
};

/** @throws {NotFound} for a profile that this viewer cannot see */
export const shownProfile = (profile: Profile | undefined, hidden: ReadonlySet<string>): Profile => {
  if (profile === undefined || profile.hidden || hidden.has(profile.id))
    throw new NotFound('Profile not found');
  return profile;
};
