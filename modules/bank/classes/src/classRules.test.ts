import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breachOf, type ClassRules, limitStates, periodsAt, stateOf, tableInForce } from './classRules.ts';
import { firstTables } from './tables.ts';

const zone = 'Asia/Shanghai';

test('a table holds from its day on, until the next one does', () => {
  expect(tableInForce(firstTables, '2016-11-30')).toBeNull();
  const ceiling = (date: string) =>
    tableInForce(firstTables, date)?.classes.find((c) => c.class === 'class_3')?.limits.balance;
  expect([
    ceiling('2016-12-01'),
    ceiling('2018-01-18'),
    ceiling('2018-01-19'),
    ceiling('2026-01-05'),
  ]).toEqual([100_000n, 100_000n, 200_000n, 200_000n]);
  expect(tableInForce([...firstTables].reverse(), '2026-01-05')?.effectiveFrom).toBe('2018-01-19');
});

test('days and years begin and end at midnight in the bank’s zone', () => {
  const eve = periodsAt(Date.UTC(2025, 11, 31, 15, 59, 59, 999), zone);
  expect(eve).toEqual({
    day: { start: '2025-12-31', untilMs: Date.UTC(2025, 11, 31, 16) },
    year: { start: '2025-01-01', untilMs: Date.UTC(2025, 11, 31, 16) },
  });
  const day = periodsAt(Date.UTC(2025, 11, 31, 16), zone);
  expect([day.day.start, day.year.start]).toEqual(['2026-01-01', '2026-01-01']);
  const summer = periodsAt(Date.UTC(2026, 2, 29, 12), 'Europe/Berlin');
  expect(summer.day.untilMs).toBe(Date.UTC(2026, 2, 29, 22));
  for (const other of ['Pacific/Kiritimati', 'Etc/GMT+12', 'UTC']) {
    const { year } = periodsAt(Date.UTC(2026, 5, 1), other);
    expect(periodsAt(year.untilMs, other).day.start).toBe('2027-01-01');
    expect(periodsAt(year.untilMs - 1, other).day.start).toBe('2026-12-31');
  }
});

const rules: ClassRules = {
  class: 'class_3',
  opening: 'remote',
  accountsMax: 5,
  plastic: false,
  cash: false,
  limits: { balance: 200n, out_day: 100n, out_year: 1_000n, in_day: 100n, in_year: 1_000n },
};
const periods = periodsAt(Date.UTC(2026, 0, 5), zone);

test('the narrowest limit is named; the bound account knows but the ceiling', () => {
  const limits = limitStates(rules, { out_day: 40n, out_year: 950n, in_day: 90n }, 150n, periods);
  expect(breachOf(limits, 'out', 50n, false)).toBeNull();
  expect(breachOf(limits, 'out', 51n, false)).toEqual(
    stateOf('out_year', 1_000n, 950n, periods.year.untilMs),
  );
  expect(breachOf(limits, 'out', 10_000n, true)).toBeNull();
  expect(breachOf(limits, 'in', 11n, false)?.code).toBe('in_day');
  expect(breachOf(limits, 'in', 50n, true)).toBeNull();
  expect(breachOf(limits, 'in', 51n, true)?.code).toBe('balance');
});

test('whatever passes leaves every limit kept', () => {
  const amount = fc.bigInt({ min: 1n, max: 150n });
  const step = fc.record({ out: fc.boolean(), bound: fc.boolean(), amount });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const used = { out_day: 0n, out_year: 0n, in_day: 0n, in_year: 0n };
      let balance = 0n;
      for (const { out, bound, amount: size } of steps) {
        const limits = limitStates(rules, used, balance, periods);
        if (breachOf(limits, out ? 'out' : 'in', size, bound) || (out && size > balance)) continue;
        balance += out ? -size : size;
        if (bound) continue;
        used[out ? 'out_day' : 'in_day'] += size;
        used[out ? 'out_year' : 'in_year'] += size;
      }
      expect(balance).toBeLessThanOrEqual(200n);
      for (const code of ['out_day', 'in_day'] as const) expect(used[code]).toBeLessThanOrEqual(100n);
    }),
  );
});
