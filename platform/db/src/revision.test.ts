import { manualClock } from '@feiqian/clock';
import { expect, test } from 'vitest';
import { createRevision } from './revision.ts';

test('the counter is read once a second however often it is asked for, and a move empties the cache', async () => {
  const clock = manualClock();
  let revision = 1n;
  let reads = 0;
  let emptied = 0;
  const watched = createRevision({
    clock,
    checkMs: 1_000,
    read: async () => {
      reads += 1;
      return revision;
    },
    onMoved: () => {
      emptied += 1;
    },
  });
  await Promise.all([watched.check(), watched.check(), watched.check()]);
  expect([reads, emptied]).toEqual([1, 0]);
  expect(watched.check()).toBeUndefined();
  revision = 2n;
  clock.advance(1_000);
  await watched.check();
  expect([reads, emptied]).toEqual([2, 1]);
});

test('a counter that cannot be read is read again at the next look', async () => {
  let fail = true;
  const watched = createRevision({
    clock: manualClock(),
    checkMs: 1_000,
    read: async () => {
      if (fail) throw new Error('gone');
      return 1n;
    },
    onMoved: () => undefined,
  });
  await expect(watched.check()).rejects.toThrow('gone');
  fail = false;
  await watched.check();
});
