import { expect, test } from 'vitest';
import { isSetBack, isWrong, type KnownTime, learned } from './network-time.ts';

const hour = 3_600_000;
const serverMs = 1_800_000_000_000;
const none: KnownTime = { skewMs: 0, seenMs: 0 };

test('a phone whose clock is wrong by hours goes by the network’s time', () => {
  for (const wrong of [-14 * hour, -5 * hour, 90_000, 5 * hour, 14 * hour]) {
    const known = learned(none, { serverMs, deviceMs: serverMs + wrong, exact: true });
    expect(serverMs + wrong + 7_000 + known.skewMs).toBe(serverMs + 7_000);
    expect(isWrong(known)).toBe(true);
  }
});

test('the time of a header corrects what is wrong and leaves what is known better', () => {
  const exact = learned(none, { serverMs, deviceMs: serverMs - 400, exact: true });
  const near = learned(exact, { serverMs: serverMs + 1_000, deviceMs: serverMs + 2_900, exact: false });
  expect(near).toEqual({ skewMs: 400, seenMs: serverMs + 1_000 });
  const changed = learned(near, { serverMs, deviceMs: serverMs + 5 * hour, exact: false });
  expect(changed.skewMs).toBe(-5 * hour);
});

test('a clock that was set back since the network was heard is noticed, one that runs on is not', () => {
  const known = learned(none, { serverMs, deviceMs: serverMs + 2 * hour, exact: true });
  expect(isSetBack(known, serverMs + 2 * hour)).toBe(false);
  expect(isSetBack(known, serverMs + 9 * hour)).toBe(false);
  expect(isSetBack(known, serverMs + 2 * hour - 30_000)).toBe(false);
  expect(isSetBack(known, serverMs)).toBe(true);
  expect(isWrong({ skewMs: 900, seenMs: serverMs })).toBe(false);
});
