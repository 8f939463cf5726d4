import { errorCodes } from '@feiqian/contract';
import { describe, expect, test } from 'vitest';
import { en } from './catalogue/en.ts';
import { problemsEn } from './catalogue/problems-en.ts';
import { problemsZh } from './catalogue/problems-zh.ts';
import { zh } from './catalogue/zh.ts';
import { catalogueDifference } from './i18n.ts';
import { formatAge, formatTime } from './time-text.ts';

test('both languages of the design system have the same words', () => {
  expect(catalogueDifference(zh, en)).toEqual([]);
  expect(catalogueDifference(problemsZh, problemsEn)).toEqual([]);
});

test('every code of the API has words', () => {
  expect(Object.keys(problemsZh).sort()).toEqual(Object.keys(errorCodes).sort());
});

test('a missing word and a missing placeholder are found', () => {
  expect(catalogueDifference({ a: 'x', b: { c: '{{n}} 个' } }, { b: { c: 'some' }, d: 'y' })).toEqual([
    'only in the first: a',
    'only in the second: d',
    'placeholders differ: b.c',
  ]);
});

test('one Chinese form stands for the two English plural forms', () => {
  expect(
    catalogueDifference({ n_other: '{{count}} 张' }, { n_one: '{{count}} card', n_other: '{{count}} cards' }),
  ).toEqual([]);
});

describe('times', () => {
  test('are shown in the zone of the city', () => {
    expect(formatTime('2026-11-22T00:30:00.000Z', 'time')).toBe('08:30');
    expect(formatTime('2026-11-22T16:30:05.000Z', 'seconds', 'en')).toBe('00:30:05');
  });

  test('are told as an age', () => {
    const now = Date.UTC(2026, 10, 22, 12);
    expect(formatAge(now - 120_000, now, 'zh-CN')).toBe('2分钟前');
    expect(formatAge(now - 7_200_000, now, 'en')).toBe('2 hours ago');
    expect(formatAge(now + 5000, now, 'en')).toBe('now');
  });
});
