import { payCodeToCpm } from '@feiqian/emvqr';
import { payCode } from '@feiqian/keys';
import type { Merchant, Store } from '@feiqian/merchants';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dynamicCode, readCode, readPayCode, staticCode } from './code.ts';
import type { Payment } from './payment.ts';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const words = fc.string({ unit: 'grapheme', maxLength: 60 });
const merchant = fc
  .record({ name: words, nameEn: words, city: words, mcc: fc.constantFrom('5812', '4111', '0000') })
  .map((m) => ({ ...m, currency: 'CNY' }) as Merchant);
const payment = fc
  .record({
    id: fc.uuid(),
    storeId: fc.uuid(),
    amount: fc.bigInt({ min: 1n, max: 999_999_999_999n }),
    orderReference: fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }), { nil: null }),
  })
  .map((p) => ({ ...p, currency: 'CNY' }) as Payment);

test('a dynamic code is read as its payment, whatever the names and the reference', () => {
  fc.assert(
    fc.property(payment, merchant, (p, m) => {
      expect(readCode(dynamicCode(p, m))).toEqual({ kind: 'payment', paymentId: p.id });
    }),
  );
});

test('a code is read whatever separates lines or keeps apart what is composed in a reference or a name', () => {
  for (const text of ['no. 7\u2028second', '\u2029', 'e\u0001\u0301', 'a\u0000\u030a\ud800']) {
    const p = { id, storeId: id, amount: 1n, orderReference: text, currency: 'CNY' } as Payment;
    const m = { name: text, nameEn: text, city: text, mcc: '5812', currency: 'CNY' } as Merchant;
    expect([text, readCode(dynamicCode(p, m))]).toEqual([text, { kind: 'payment', paymentId: id }]);
    expect([text, readCode(staticCode({ id, name: text } as Store, m))]).toEqual([
      text,
      { kind: 'store', storeId: id },
    ]);
  }
});

test('a poster is read as its store, whatever the names', () => {
  fc.assert(
    fc.property(fc.uuid(), words, merchant, (id, name, m) => {
      expect(readCode(staticCode({ id, name } as Store, m))).toEqual({ kind: 'store', storeId: id });
    }),
  );
});

test('no text makes the readers throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary', maxLength: 600 }), fc.string({ maxLength: 100 })),
      (text) => {
        readCode(text);
        const digits = readPayCode(text);
        if (digits !== null) expect(digits).toMatch(/^[0-9]{19}$/);
      },
    ),
  );
});

test('a code with one character changed is never read as another payment', () => {
  fc.assert(
    fc.property(payment, merchant, fc.nat(), fc.nat(35), (p, m, at, to) => {
      const text = dynamicCode(p, m);
      const i = at % text.length;
      const changed = `${text.slice(0, i)}${to.toString(36)}${text.slice(i + 1)}`;
      const read = readCode(changed);
      if (read !== null) expect(read).toEqual({ kind: 'payment', paymentId: p.id });
    }),
    { numRuns: 300 },
  );
});

test('a pay code is the same as digits, in groups, and as a QR', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.nat(99_999_999),
      fc.nat(9),
      fc.integer({ min: 0, max: 4_000_000_000_000 }),
      (secret, handle, slot, atMs) => {
        const digits = payCode({ secret, handle: String(handle).padStart(8, '0'), slot, atMs });
        expect(readPayCode(digits)).toBe(digits);
        expect(readPayCode(digits.replace(/(....)/g, '$1 '))).toBe(digits);
        expect(readPayCode(payCodeToCpm(digits))).toBe(digits);
      },
    ),
  );
});
