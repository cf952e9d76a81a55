import { describe, expect, it } from '@jest/globals';
import { brandOf, formatCvc, formatExpiry, formatNumber, passesLuhn, problemsOf } from './card.ts';

const now = new Date('2026-11-22T20:00:00Z');
const good = { number: '4242 4242 4242 4242', expiry: '12 / 30', cvc: '123' };

describe('the number of a card', () => {
  it.each([
    ['4242424242424242', '4242 4242 4242 4242'],
    ['4242-4242 4242.4242', '4242 4242 4242 4242'],
    ['  4242 42', '4242 42'],
    ['378282246310005', '3782 822463 10005'],
    ['3056930009020004', '3056 930009 020004'],
    ['42424242424242421234', '4242 4242 4242 4242 123'],
    ['51051051051051009', '5105 1051 0510 5100'],
    ['', ''],
    ['no card', ''],
  ])('is grouped as on the card, however it was typed or pasted: %j', (typed, written) => {
    expect(formatNumber(typed)).toBe(written);
  });

  it.each([
    ['4', 'Visa'],
    ['5555', 'Mastercard'],
    ['2223', 'Mastercard'],
    ['2720', 'Mastercard'],
    ['37', 'American Express'],
    ['6011', 'Discover'],
    ['62', 'UnionPay'],
    ['3566', 'JCB'],
    ['3056', 'Diners Club'],
    ['9', undefined],
  ])('says its brand as soon as it can: %s', (number, brand) => {
    expect(brandOf(number)?.name).toBe(brand);
  });

  it.each([
    '4242424242424242',
    '5555555555554444',
    '378282246310005',
    '6011111111111117',
    '3056930009020004',
    '3566002020360505',
    '6200000000000005',
    '4000002760003184',
  ])('is taken with the right check digit: %s', (number) => {
    expect(passesLuhn(number)).toBe(true);
    const cvc = number.startsWith('37') ? '1234' : '123';
    expect(problemsOf({ ...good, number, cvc }, now)).toEqual({});
  });

  it.each([
    ['', 'numberMissing'],
    ['4242', 'numberIncomplete'],
    ['4242 4242 4242 424', 'numberIncomplete'],
    ['4242 4242 4242 4241', 'numberIncorrect'],
    ['3782 822463 10006', 'numberIncorrect'],
    ['9999 9999 9999 9999', 'numberIncorrect'],
  ])('is refused with a reason: %j', (number, problem) => {
    expect(problemsOf({ ...good, number }, now).number).toBe(problem);
  });
});

describe('the date of a card', () => {
  it.each([
    ['1', '1'],
    ['12', '12'],
    ['123', '12 / 3'],
    ['1230', '12 / 30'],
    ['4', '04'],
    ['430', '04 / 30'],
    ['1/30', '01 / 30'],
    ['12/2030', '12 / 30'],
    ['12 / 30', '12 / 30'],
    ['122030', '12 / 30'],
    ['12 / ', '12 / '],
  ])('is written as month and year, however it was typed or filled in: %j', (typed, written) => {
    expect(formatExpiry(typed)).toBe(written);
  });

  it.each([
    ['', 'expiryMissing'],
    ['12', 'expiryIncomplete'],
    ['13 / 30', 'monthUnknown'],
    ['00 / 30', 'monthUnknown'],
    ['10 / 26', 'expired'],
    ['12 / 99', 'expiryTooFar'],
  ])('is refused with a reason: %j', (expiry, problem) => {
    expect(problemsOf({ ...good, expiry }, now).expiry).toBe(problem);
  });

  it('is good until the end of its month', () => {
    expect(problemsOf({ ...good, expiry: '11 / 26' }, now)).toEqual({});
  });
});

describe('the security code of a card', () => {
  it('has four digits with American Express, and three else', () => {
    expect(formatCvc('12345', '3782')).toBe('1234');
    expect(formatCvc('12345', '4242')).toBe('123');
    expect(problemsOf({ ...good, cvc: '12' }, now).cvc).toBe('cvcIncomplete');
    expect(problemsOf({ number: '378282246310005', expiry: '12 / 30', cvc: '123' }, now).cvc).toBe(
      'cvcIncomplete',
    );
    expect(problemsOf({ ...good, cvc: '' }, now).cvc).toBe('cvcMissing');
  });
});
