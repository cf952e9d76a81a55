import { describe, expect, it } from '@jest/globals';
import type { ErrorLine } from '@ticketing/common/errors';
import { ApiError } from '../../shared/api/api-error.ts';
import { readProfile, refusedProfile, valuesOf } from './profile-fields.ts';

const formOf = (fields: Record<string, string>): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
};

describe('what somebody says of themselves', () => {
  it('is read as it was typed, without what nobody means', () => {
    const { body } = readProfile(
      formOf({ name: ' Mira  Öztürk ', handle: '@Mira_Oe', about: ' Piano.\n\nOnly. ', city: ' Berlin ' }),
    );
    expect(body).toEqual({
      name: 'Mira Öztürk',
      handle: 'mira_oe',
      about: 'Piano.\n\nOnly.',
      city: 'Berlin',
      links: [],
    });
  });

  it('leaves out what is empty, which takes it away', () => {
    expect(readProfile(formOf({ name: 'Mira', handle: '', about: ' ', city: '' })).body).toEqual({
      name: 'Mira',
      links: [],
    });
  });

  it('has links with https://, also where nobody wrote it, and keeps each in its field', () => {
    const { body, values } = readProfile(
      formOf({ name: 'Mira', link1: 'mira.example', link2: '', link3: 'http://old.example' }),
    );
    expect(body.links).toEqual(['https://mira.example', 'http://old.example']);
    expect(values).toMatchObject({ link1: 'https://mira.example', link2: '', link3: 'http://old.example' });
  });

  it('stands in the form again as it is', () => {
    const profile = {
      ...{ userId: 'u', handle: 'mira_oe', name: 'Mira', links: ['https://mira.example/'] },
      ...{ since: '2026-03-01T00:00:00.000Z', hidden: false },
    };
    expect(valuesOf(profile)).toEqual({
      ...{ name: 'Mira', handle: 'mira_oe', about: '', city: '' },
      ...{ link1: 'https://mira.example/', link2: '', link3: '' },
    });
    expect(valuesOf(undefined)).toEqual({});
  });
});

describe('a profile that is refused', () => {
  const refused = (lines: readonly ErrorLine[], values = {}, status = 400) =>
    refusedProfile(new ApiError(status, lines), values);
  const invalid = (field: string): ErrorLine => ({ message: 'bad', field, code: 'invalid_field' });

  it('says so at each field that is wrong, and keeps what was typed', () => {
    const values = { name: '', city: 'x'.repeat(61) };
    const { errors, values: kept, message } = refused([invalid('name'), invalid('city')], values);
    expect(Object.keys(errors)).toEqual(['name', 'city']);
    expect(kept).toBe(values);
    expect(message).toBeUndefined();
  });

  it('finds the link that is meant', () => {
    const values = { link1: 'https://mira.example', link2: 'http://old.example', link3: '' };
    expect(Object.keys(refused([invalid('links')], values).errors)).toEqual(['link2']);
    const allGood = { link1: '', link2: 'https://mira.example', link3: '' };
    expect(Object.keys(refused([invalid('links')], allGood).errors)).toEqual(['link2']);
  });

  it.each([
    ['handle_taken', 'Somebody else has this one. Choose another.'],
    ['handle_changed_lately', 'A handle can be changed once in 30 days. Keep yours until then.'],
  ] as const)('because of its handle (%s) says so there', (code, said) => {
    expect(refused([{ message: 'no', field: 'handle', code }]).errors).toEqual({ handle: said });
  });

  it('for another reason says so above', () => {
    expect(refused([{ message: 'no', code: 'profile_hidden' }]).message).toMatch(/An operator has hidden/);
    expect(refused([{ message: 'no', code: 'not_signed_in' }], {}, 401)).toMatchObject({ isSignedOut: true });
  });
});
