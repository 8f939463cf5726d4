import { expect, test } from 'vitest';
import { failuresOf, tally } from './tally.mjs';

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

test('each failed test, and each file that did not load, is told in a line', () => {
  const report = {
    testResults: [
      {
        name: '/here/tests/a.test.ts',
        status: 'failed',
        message: '',
        assertionResults: [
          { status: 'passed', fullName: 'adds' },
          { status: 'failed', fullName: 'takes away', failureMessages: ['expected 1 to be 2\n    at …'] },
        ],
      },
      { name: '/here/b.test.ts', status: 'failed', message: 'no such file\n…', assertionResults: [] },
      { name: '/here/c.test.ts', status: 'passed', message: '', assertionResults: [] },
    ],
  };
  expect(failuresOf(report, '/here')).toEqual([
    'tests/a.test.ts > takes away: expected 1 to be 2',
    'b.test.ts: no such file',
  ]);
  expect(failuresOf(undefined, '/here')).toEqual([]);
});
