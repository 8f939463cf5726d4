import { describe, expect, test } from 'vitest';
import { createExpectation, type Expectation } from './expectation.ts';

const fixedMs = 4;
const commandMs = 0.2;

function setUp(lanes = 1) {
  const clock = { now: 0 };
  return { clock, expectation: createExpectation({ groupMax: 500, lanes, now: () => clock.now }) };
}

function run(clock: { now: number }, e: Expectation, size: number, ms = fixedMs + commandMs * size): void {
  const ended = e.began(size);
  clock.now += ms;
  ended();
}

describe('the expected wait', () => {
  test('follows what groups take: a part for the commit, a part for each command', () => {
    const { clock, expectation } = setUp();
    for (let i = 0; i < 200; i++) run(clock, expectation, 1 + (i % 100));
    expect(expectation.waitMs(0)).toBeCloseTo(fixedMs + commandMs, 0);
    expect(expectation.waitMs(299)).toBeCloseTo(fixedMs + commandMs * 300, 0);
    expect(expectation.waitMs(2_000)).toBeCloseTo(4 * (fixedMs + commandMs * 500) + fixedMs + commandMs, 0);
  });

  test('does not take a burst after a quiet time for a long queue', () => {
    const { clock, expectation } = setUp();
    for (let i = 0; i < 100; i++) run(clock, expectation, 1, 8);
    expect(expectation.waitMs(200)).toBeLessThan(250);
  });

  test('counts the group that is under way, and one that hangs for as long as it has been hanging', () => {
    const { clock, expectation } = setUp();
    for (let i = 0; i < 100; i++) run(clock, expectation, 1 + (i % 10));
    expectation.began(1);
    clock.now += 3_000;
    expect(expectation.waitMs(0)).toBeGreaterThan(3_000);
  });

  test('is shorter where several groups run at once', () => {
    const one = setUp(1);
    const two = setUp(2);
    for (const { clock, expectation } of [one, two])
      for (let i = 0; i < 200; i++) run(clock, expectation, 1 + (i % 100));
    expect(two.expectation.waitMs(5_000)).toBeLessThan(one.expectation.waitMs(5_000) * 0.6);
  });

  test('forgets how slow things were', () => {
    const { clock, expectation } = setUp();
    for (let i = 0; i < 20; i++) run(clock, expectation, 1 + (i % 10), 1_000);
    clock.now += 60_000;
    for (let i = 0; i < 20; i++) run(clock, expectation, 1 + (i % 10));
    expect(expectation.waitMs(0)).toBeLessThan(2 * (fixedMs + commandMs));
  });
});
