import { describe, expect, it } from '@jest/globals';
import { isEasilyGuessed, isText, lengthOf } from '../src/password.ts';

const email = 'ada.lovelace@example.com';

describe('a password', () => {
  it.each([
    'password',
    'PASSWORD1',
    'qwertyuiop',
    'iloveyou',
    '12345678',
    '98765432',
    'abcdefgh',
    'AbCdEfGh',
    'aaaaaaaa',
    'abababab',
    '12341234',
    'xyzxyzxyz',
    '🚋🚋🚋🚋🚋🚋🚋🚋',
    'ada.lovelace@example.com',
    'Ada.Lovelace',
  ])('like %s is easily guessed', (password) => {
    expect(isEasilyGuessed(password, email)).toBe(true);
  });

  it.each([
    'correct horse battery staple',
    'tram 12?',
    'brass kettle',
    'abcdefgi',
    'abababac',
    'ada.lovelace 1815',
  ])('like %s is not', (password) => {
    expect(isEasilyGuessed(password, email)).toBe(false);
  });

  it('is as long as a person would count', () => {
    expect(lengthOf('🚋🎻🫖')).toBe(3);
  });

  it('must consist of whole characters', () => {
    expect(isText('🚋')).toBe(true);
    expect(isText('\ud83d')).toBe(false);
  });
});
