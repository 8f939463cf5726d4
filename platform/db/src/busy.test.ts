import { expect, test } from 'vitest';
import { createBusy } from './busy.ts';

function setUp(servers: number) {
  const clock = { now: 0 };
  return { clock, busy: createBusy(servers, () => clock.now) };
}

test('nothing waits while there is room', () => {
  const { busy } = setUp(4);
  for (let i = 0; i < 4; i++) busy.begin();
  expect(busy.expectedWaitMs()).toBe(0);
});

test('the wait is what is ahead over how fast things end', () => {
  const { busy, clock } = setUp(2);
  const open: (() => void)[] = [];
  // Two at once, ten milliseconds each, for a long time.
  for (let i = 0; i < 500; i++) {
    open.push(busy.begin(), busy.begin());
    clock.now += 10;
    for (const done of open.splice(0)) done();
  }
  for (let i = 0; i < 22; i++) busy.begin();
  expect(busy.expectedWaitMs()).toBeGreaterThan(80);
  expect(busy.expectedWaitMs()).toBeLessThan(120);
});

test('where nothing ends any more the wait grows with the time', () => {
  const { busy, clock } = setUp(1);
  const first = busy.begin();
  first();
  for (let i = 0; i < 10; i++) busy.begin();
  clock.now += 30_000;
  expect(busy.expectedWaitMs()).toBeGreaterThan(1_000);
});

test('an end that is told twice counts once', () => {
  const { busy } = setUp(1);
  const done = busy.begin();
  done();
  done();
  busy.begin();
  expect(busy.expectedWaitMs()).toBe(0);
});
