import { expect, test } from 'vitest';
import { tally } from './tally.mjs';

test('a run is counted by its report', () => {
  const report = { numPassedTests: 7, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 };
  expect(tally(1, report)).toEqual({ passed: 7, failed: 2, skipped: 2 });
});

test('a run that ends badly without naming a failed test counts as one failure', () => {
  expect(tally(1, { numPassedTests: 7, numFailedTests: 0 })).toEqual({ passed: 7, failed: 1, skipped: 0 });
  expect(tally(137, undefined)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a run that found nothing to do is no failure', () => {
  expect(tally(0, undefined)).toEqual({ passed: 0, failed: 0, skipped: 0 });
});
