import { describe, expect, it } from 'vitest';
import { merchantBody, merchantProblems, staffProblems } from './merchant-form.ts';

const good = {
  name: '云上咖啡',
  name_en: 'Cloud Coffee',
  mcc: '5814',
  city: 'Yunzhou',
  licence: '91530000MA6K12345X',
  settlement_account: '6217000012345678',
  store_name: '总店',
};

describe('the form of a new merchant', () => {
  it('is accepted when whole', () => {
    expect(merchantProblems(good)).toEqual({});
  });

  it('names every empty field at once', () => {
    const empty = Object.fromEntries(Object.keys(good).map((key) => [key, ' '])) as unknown as typeof good;
    expect(Object.keys(merchantProblems(empty))).toEqual(Object.keys(good));
  });

  it.each([
    ['name_en', '云上咖啡', 'badEnglish'],
    ['name_en', 'A name of twenty-six letters', 'badEnglish'],
    ['city', 'Yunzhou is too long', 'badEnglish'],
    ['mcc', '58144', 'badMcc'],
    ['settlement_account', '1234567', 'badAccount'],
    ['name', '云'.repeat(61), 'tooLong'],
  ] as const)('refuses %s %s', (field, value, word) => {
    expect(merchantProblems({ ...good, [field]: value })[field]?.word).toBe(word);
  });

  it('is sent without blanks at the ends', () => {
    expect(merchantBody({ ...good, name: ' 云上咖啡 ' }).name).toBe('云上咖啡');
  });
});

describe('the form of new staff', () => {
  it('wants a PIN of six digits', () => {
    expect(staffProblems({ name: '王芳', pin: '12345' }).pin?.word).toBe('badPin');
    expect(staffProblems({ name: '王芳', pin: '123456' })).toEqual({});
  });
});
