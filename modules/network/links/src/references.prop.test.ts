import { manualClock } from '@feiqian/clock';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createReferences,
  nodeCountMax,
  referencesEpochMs,
  referencesPerMsMax,
  stansPerNode,
} from './references.ts';

test('a reference is six digits and twelve characters', () => {
  const { stan, rrn } = createReferences({ clock: manualClock(), node: 63 }).next();
  expect(stan).toMatch(/^[0-9]{6}$/);
  expect(rrn).toMatch(/^[0-9A-Z]{12}$/);
});

test('the retrieval reference is the instant, the node and the counter in base 36', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 41 - 1 }),
      fc.integer({ min: 0, max: nodeCountMax - 1 }),
      fc.integer({ min: 1, max: 5 }),
      (ms, node, count) => {
        const references = createReferences({ clock: manualClock(referencesEpochMs + ms + 1), node });
        fc.pre(ms + 1 < 2 ** 41);
        let rrn = '';
        for (let i = 0; i < count; i++) rrn = references.next().rrn;
        const value = [...rrn].reduce((n, digit) => n * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
        expect(value).toBe((BigInt(ms + 1) << 20n) | (BigInt(node) << 14n) | BigInt(count - 1));
      },
    ),
  );
});

test('references never repeat, however the clock jumps and however many are made in a millisecond', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3_600_000, max: 3_600_000 }), { maxLength: 20 }), (jumps) => {
      const clock = manualClock();
      const references = createReferences({ clock, node: 5 });
      const seen = new Set<string>();
      let made = 0;
      for (const jump of jumps) {
        clock.advance(jump);
        for (let i = 0; i < 50; i++) seen.add(references.next().rrn);
        made += 50;
      }
      expect(seen.size).toBe(made);
    }),
  );
});

test('a millisecond that is used up is followed by the next, on a clock that stands still', () => {
  const references = createReferences({ clock: manualClock(), node: 0 });
  const seen = new Set<string>();
  for (let i = 0; i < referencesPerMsMax * 2 + 10; i++) seen.add(references.next().rrn);
  expect(seen.size).toBe(referencesPerMsMax * 2 + 10);
});

test('nothing is made before the floor or beyond the reservation', () => {
  const clock = manualClock();
  const floorMs = clock.now() + 60_000;
  const references = createReferences({ clock, node: 1, floorMs, reservedUntilMs: () => floorMs + 1 });
  references.next();
  expect(references.usedUntilMs()).toBe(floorMs + 1);
  clock.advance(3_600_000);
  for (let i = 1; i < referencesPerMsMax; i++) references.next();
  expect(references.usedUntilMs()).toBe(floorMs + 1);
  expect(() => references.next()).toThrow(/ran out/);
});

test('a process has its own STANs and begins again with the first of them', () => {
  const seen = new Set<string>();
  for (const node of [0, 1, nodeCountMax - 1]) {
    const references = createReferences({ clock: manualClock(), node });
    const own = Array.from({ length: stansPerNode }, () => references.next().stan);
    expect(own.some((stan) => seen.has(stan))).toBe(false);
    for (const stan of own) seen.add(stan);
    expect(references.next().stan).toBe(own[0]);
  }
  expect(seen.size).toBe(3 * stansPerNode);
  expect(seen.has('000001')).toBe(true);
  expect([...seen].every((stan) => /^[0-9]{6}$/.test(stan))).toBe(true);
});
