import { manualClock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimReferences, linksMigrations } from '../src/index.ts';
import { ids } from './setting.ts';

let db: Db;
beforeAll(async () => {
  db = await testDatabase([linksMigrations]);
});
afterAll(() => db.close());

test('processes make references under numbers of their own, also after one is taken over', async () => {
  const clock = manualClock();
  const seen = new Set<string>();
  let made = 0;
  const make = (r: { next(): { rrn: string } }) => {
    for (let i = 0; i < 100; i++) seen.add(r.next().rrn);
    made += 100;
  };
  const all = [];
  for (let i = 0; i < 64; i++) all.push(await claimReferences({ db, clock, holder: ids.uuid() }));
  expect(new Set(all.map((r) => r.node())).size).toBe(64);
  for (const r of all) make(r);
  // The 65th takes a number over; its first holder, still alive, cannot collide with it and moves on.
  const late = await claimReferences({ db, clock, holder: ids.uuid() });
  const victim = all.find((r) => r.node() === late.node());
  if (!victim) throw new Error('nobody was taken over');
  make(late);
  make(victim);
  clock.advance(3_600_000);
  make(victim);
  make(late);
  await victim.renew();
  expect(victim.node()).not.toBe(late.node());
  make(victim);
  await late.release();
  const heir = await claimReferences({ db, clock: manualClock(0), holder: ids.uuid() });
  make(heir);
  expect(seen.size).toBe(made);
});
