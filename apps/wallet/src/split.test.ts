import { expect, test } from 'vitest';
import { equalParts, sharesOf } from './split.ts';

test('equal parts lose nothing, and the first have the fen that is left over', () => {
  expect(equalParts(100, 3)).toEqual([34, 33, 33]);
  expect(equalParts(101, 3)).toEqual([34, 34, 33]);
  expect(equalParts(2, 3)).toBeNull();
  for (const total of [1, 7, 99, 1_000, 123_457])
    for (const people of [1, 2, 3, 7, 21]) {
      const parts = equalParts(total, people);
      if (parts) expect(parts.reduce((a, b) => a + b)).toBe(total);
    }
});

test('what is typed adds up, or tells by how much it does not', () => {
  expect(sharesOf(100, 2, null, true)).toEqual({ own: 34, parts: [33, 33], difference: 0 });
  expect(sharesOf(100, 2, [60, 10], true)).toEqual({ own: 30, parts: [60, 10], difference: 0 });
  expect(sharesOf(100, 2, [60, 40], false).difference).toBe(0);
  expect(sharesOf(100, 2, [60, 41], false).difference).toBe(1);
  expect(sharesOf(100, 2, [60, 39], false).difference).toBe(-1);
  expect(sharesOf(100, 2, [60, 41], true).difference).toBe(1);
  expect(sharesOf(100, 2, [60, 40], true).difference).not.toBe(0);
});
