import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createInFlight, createRecent } from './inflight.ts';

test('every request leaves once: answered, expired at its deadline, or cleared', () => {
  const action = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ do: fc.constant('take' as const), key: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ do: fc.constant('wait' as const), key: fc.integer({ min: 0, max: 30 }) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const table = createInFlight<number>();
      const model = new Map<string, { deadline: number; item: number }>();
      let now = 0;
      let item = 0;
      for (const a of actions) {
        const key = String(a.key);
        if (a.do === 'add') {
          item += 1;
          expect(table.add(key, now + 10, item)).toBe(!model.has(key));
          if (!model.has(key)) model.set(key, { deadline: now + 10, item });
        } else if (a.do === 'take') {
          expect(table.take(key)).toBe(model.get(key)?.item);
          model.delete(key);
        } else {
          now += a.key;
          const due = [...model].filter(([, m]) => m.deadline <= now);
          for (const [k] of due) model.delete(k);
          expect(table.expire(now)).toEqual(due.map(([, m]) => m.item));
        }
        expect(table.size).toBe(model.size);
        const next = [...model.values()].map((m) => m.deadline);
        expect(table.nextDeadlineMs()).toBe(next.length === 0 ? null : Math.min(...next));
      }
      expect(table.clear()).toEqual([...model.values()].map((m) => m.item));
      expect(table.size).toBe(0);
    }),
  );
});

test('what was answered lately is remembered, within bounds', () => {
  const recent = createRecent<number>(100);
  for (let i = 0; i < 1_000; i++) recent.set(`k${i}`, i);
  expect(recent.get('k999')).toBe(999);
  expect(recent.get('k901')).toBe(901);
  expect(recent.get('k700')).toBeUndefined();
});
