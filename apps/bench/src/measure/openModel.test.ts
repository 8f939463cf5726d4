import { expect, test } from 'vitest';
import { type Offer, offer, saturate, type Timing } from './openModel.ts';
import { spreadOf } from './percentiles.ts';

/** Time that passes only when it is told to: timers run in the order in which they are due. */
function handTime(): Timing & { runUntil: (at: number) => Promise<void>; busy: (ms: number) => void } {
  let now = 0;
  let timers: { at: number; work: () => void }[] = [];
  return {
    now: () => now,
    later: (ms, work) => void timers.push({ at: now + ms, work }),
    busy: (ms) => {
      now += ms;
    },
    async runUntil(at) {
      for (;;) {
        // What was promised at this instant comes before the next instant.
        for (let i = 0; i < 10; i++) await Promise.resolve();
        timers.sort((a, b) => a.at - b.at);
        const next = timers[0];
        if (next === undefined || next.at > at) break;
        timers = timers.slice(1);
        now = Math.max(now, next.at);
        next.work();
      }
      now = Math.max(now, at);
    },
  };
}

/** A server that serves one after the other, each in so many ms, and stands still from 2 s to 3 s. */
function stallingServer(timing: Timing, serviceMs: number) {
  let freeAt = 0;
  return () =>
    new Promise<void>((resolve) => {
      let start = Math.max(freeAt, timing.now());
      if (start >= 2_000 && start < 3_000) start = 3_000;
      freeAt = start + serviceMs;
      timing.later(freeAt - timing.now(), resolve);
    });
}

const base: Omit<Offer, 'timing' | 'perform' | 'onEnd'> = {
  seconds: 4,
  gap: () => 10,
  underWayMax: 100_000,
  drainMsMax: 60_000,
};

test('nobody stops coming while the server stands still, and those who wait are counted from when they were due', async () => {
  const timing = handTime();
  const waits: number[] = [];
  const run = offer({
    ...base,
    timing,
    perform: stallingServer(timing, 1),
    onEnd: (_n, dueAt, endedAt) => waits.push(endedAt - dueAt),
  });
  await timing.runUntil(10_000);
  const offered = await run;
  expect(offered).toMatchObject({ due: 399, started: 399, dropped: 0, unanswered: 0 });
  expect(waits).toHaveLength(399);
  // A quarter of all came while nobody was served: a closed model would have seen one slow answer.
  const waited = waits.filter((ms) => ms > 100).length;
  expect(waited).toBeGreaterThan(80);
  expect(spreadOf(waits).p95).toBeGreaterThan(700);
  expect(spreadOf(waits).max).toBeLessThanOrEqual(1_011);
});

test('a closed model hides the same standstill, which is why waits are not taken from it', async () => {
  const timing = handTime();
  const waits: number[] = [];
  const run = saturate({
    seconds: 4,
    atOnce: 1,
    timing,
    perform: stallingServer(timing, 10),
    onEnd: (_n, startedAt, endedAt) => waits.push(endedAt - startedAt),
  });
  await timing.runUntil(10_000);
  await run;
  expect(spreadOf(waits).p95).toBeLessThanOrEqual(10);
});

test('a generator that was busy starts late, says how late, and counts the wait from the time that was meant', async () => {
  const timing = handTime();
  const waits: number[] = [];
  let first = true;
  const run = offer({
    ...base,
    seconds: 1,
    timing,
    perform: async () => {
      if (first) timing.busy(300);
      first = false;
    },
    onEnd: (_n, dueAt, endedAt) => waits.push(endedAt - dueAt),
  });
  await timing.runUntil(5_000);
  const offered = await run;
  expect(offered.due).toBe(99);
  expect(Math.max(...offered.late)).toBeGreaterThanOrEqual(290);
  expect(Math.max(...waits)).toBeGreaterThanOrEqual(290);
});

test('work beyond the limit is dropped and said, and everybody who was due is started or dropped', async () => {
  const timing = handTime();
  const run = offer({
    ...base,
    underWayMax: 5,
    drainMsMax: 1_000,
    timing,
    perform: () => new Promise(() => undefined),
    onEnd: () => expect.unreachable(),
  });
  await timing.runUntil(10_000);
  const offered = await run;
  expect(offered).toMatchObject({ due: 399, started: 5, dropped: 394, unanswered: 5, backlog: 5 });
});

test('more than can be done piles up, and all of it is waited for after the last arrival', async () => {
  const timing = handTime();
  let ends = 0;
  const run = offer({
    ...base,
    seconds: 1,
    timing,
    perform: stallingServer(timing, 15),
    onEnd: () => {
      ends += 1;
    },
  });
  await timing.runUntil(20_000);
  const offered = await run;
  expect(ends).toBe(99);
  expect(offered.backlog).toBeGreaterThan(30);
  expect(offered.seconds).toBeCloseTo(1.495, 1);
});

test('work that fails ends too, with its error', async () => {
  const timing = handTime();
  const errors: string[] = [];
  const run = offer({
    ...base,
    seconds: 0.05,
    timing,
    perform: async () => {
      throw new Error('connection closed');
    },
    onEnd: (_n, _due, _end, error) => errors.push(error?.message ?? ''),
  });
  await timing.runUntil(1_000);
  expect(await run).toMatchObject({ due: 4, unanswered: 0 });
  expect(errors).toEqual(Array.from({ length: 4 }, () => 'connection closed'));
});
