import { expect, test } from 'vitest';
import { compare } from './reconcile.ts';

test('what was told and what is stored agree when they are the same', () => {
  expect(compare({ captured: 7, declined: 1 }, { captured: 7, declined: 1, created: 3 }, 0).agree).toBe(true);
});

test('a purchase told and not stored is found, whatever was unclear', () => {
  expect(compare({ captured: 7 }, { captured: 6 }, 0).agree).toBe(false);
  expect(compare({ captured: 7 }, { captured: 6 }, 5).agree).toBe(false);
});

test('a purchase stored and not told is found, unless somebody did not learn how it ended', () => {
  expect(compare({ captured: 7 }, { captured: 8 }, 0).agree).toBe(false);
  expect(compare({ captured: 7 }, { captured: 8 }, 1).agree).toBe(true);
  expect(compare({ refunded: 2 }, { refunded: 4 }, 1).agree).toBe(false);
});
