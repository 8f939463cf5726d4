import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeMpm,
  encodeMpm,
  encodeMpmTree,
  feiqianMpm,
  type MerchantPresented,
  readFeiqianMpm,
} from './index.ts';

const ALPHABET = [...'ABC abc 0189 .-/*', ...'云州银行飞钱𠮷é🍜'];
const text = (max: number) =>
  fc
    .string({ unit: fc.constantFrom(...ALPHABET), minLength: 1, maxLength: max })
    .filter((value) => Array.from(value).length <= max);
const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
const id = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((n) => String(n).padStart(2, '0'));
const fields = fc.dictionary(id(1, 99), text(12), { maxKeys: 2 }).map((record) => ({ ...record }));
const template = (from: number, to: number) => fc.record({ id: id(from, to), guid: text(20), fields });
const byId = <T extends { id: string }>(list: T[]) => [...list].sort((a, b) => Number(a.id) - Number(b.id));
const templates = (from: number, to: number) =>
  fc.uniqueArray(template(from, to), { selector: (each) => each.id, minLength: 1, maxLength: 2 }).map(byId);
const amount = fc.integer({ min: 1, max: 9_999_999 }).map((cents) => (cents / 100).toFixed(2));

const codes: fc.Arbitrary<MerchantPresented> = fc.record(
  {
    initiation: fc.constantFrom('static' as const, 'dynamic' as const),
    accounts: fc.oneof(templates(26, 51), fc.tuple(fc.record({ id: id(2, 25), value: text(30) }))),
    categoryCode: digits(4),
    currency: digits(3),
    amount,
    tip: fc.oneof(
      fc.constant({ kind: 'prompt' as const }),
      fc.record({ kind: fc.constant('fixed' as const), amount }),
      fc.record({
        kind: fc.constant('percentage' as const),
        percent: fc.constantFrom('5', '12.5', '0.01', '99.99'),
      }),
    ),
    country: fc.constantFrom('CN', 'HK', 'SG'),
    name: text(25),
    city: text(15),
    postalCode: text(10),
    additional: fc
      .record(
        {
          billNumber: text(9),
          storeLabel: text(9),
          terminalLabel: text(9),
          reserved: fc.constant({ '12': 'x' }),
          templates: templates(50, 99).map((list) => list.slice(0, 1)),
        },
        { requiredKeys: ['billNumber'] },
      )
      .filter((value) => JSON.stringify(value).length < 160),
    language: fc.record(
      { language: fc.constant('ZH'), name: text(25), city: text(15) },
      { requiredKeys: ['language', 'name'] },
    ),
    reserved: fc.constant({ '65': 'r' }),
    unreserved: templates(80, 99),
  },
  { requiredKeys: ['accounts', 'categoryCode', 'currency', 'country', 'name', 'city'] },
);

/** Encodes, or null where the whole is too long: not every mix of allowed parts fits. */
function encoded(value: MerchantPresented): string | null {
  try {
    return encodeMpm(value);
  } catch (error) {
    if (error instanceof Error && /characters/.test(error.message)) return null;
    throw error;
  }
}

test('a code is read as it was written, by meaning and as a tree', () => {
  let written = 0;
  fc.assert(
    fc.property(codes, (value) => {
      const payload = encoded(value);
      if (payload === null) return;
      written++;
      const decoded = decodeMpm(payload);
      expect(decoded).toMatchObject({ ok: true });
      if (!decoded.ok) return;
      expect(decoded.value).toEqual({ ...value });
      expect(encodeMpmTree(decoded.tree)).toBe(payload);
    }),
    { numRuns: 300 },
  );
  expect(written).toBeGreaterThan(150);
});

test('no text crashes the reader, and what it takes is written again the same', () => {
  const payload = fc.oneof(
    codes.map((value) => encoded(value) ?? ''),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  fc.assert(
    fc.property(payload, fc.nat(), fc.string({ unit: 'binary', maxLength: 2 }), (from, at, insert) => {
      const cutAt = from.length === 0 ? 0 : at % from.length;
      const changed = from.slice(0, cutAt) + insert + from.slice(cutAt + insert.length);
      const decoded = decodeMpm(changed);
      if (decoded.ok) expect(encodeMpmTree(decoded.tree)).toBe(changed);
      else expect(decoded.error.offset).toBeLessThanOrEqual(Array.from(changed).length);
    }),
    { numRuns: 400 },
  );
});

test('a code of this network can be made for any name, and gives its references back', () => {
  const name = fc.record({
    latin: fc.string({ unit: 'binary', maxLength: 40 }),
    local: fc.string({ unit: 'grapheme', maxLength: 40 }),
  });
  fc.assert(
    fc.property(name, name, fc.boolean(), (name, city, dynamic) => {
      const merchant = `mer_${'0'.repeat(32)}`;
      const payment = dynamic ? { payment: `pay_${'f'.repeat(32)}`, amount: '18.00' } : {};
      const code = { merchant, currency: '156', categoryCode: '5812', name, city, ...payment };
      expect(readFeiqianMpm(feiqianMpm(code))).toMatchObject({
        ok: true,
        code: { merchant, ...payment, value: { initiation: dynamic ? 'dynamic' : 'static' } },
      });
    }),
  );
});
