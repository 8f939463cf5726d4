import { expect, test } from 'vitest';
import { forwardRetryMs, forwardRetryMsMax, judgeForward } from './forward.ts';

test('pauses grow from a second to five minutes', () => {
  expect(forwardRetryMs(1, 1)).toBe(1_000);
  expect(forwardRetryMs(2, 1)).toBe(2_000);
  expect(forwardRetryMs(2, 0)).toBe(1_600);
  expect(forwardRetryMs(9, 1)).toBe(256_000);
  expect(forwardRetryMs(1_000_000, 1)).toBe(forwardRetryMsMax);
});

test.each([
  ['00', 'accepted'],
  ['91', 'retry'],
  ['96', 'retry'],
  ['A0', 'retry'],
  ['30', 'retry'],
  ['12', 'refused'],
  ['25', 'refused'],
  ['Z9', 'refused'],
])('an advice answered %s is %s', (code, outcome) => {
  expect(judgeForward(code)).toBe(outcome);
});
