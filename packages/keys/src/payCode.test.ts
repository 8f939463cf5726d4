import fc from 'fast-check';
import { expect, test } from 'vitest';
import vectors from '../../../vectors/keys/pay-code.json' with { type: 'json' };
import { isLuhnValid, PAY_CODE_STEP_MS, parsePayCode, payCode, payCodeStep, verifyPayCode } from './index.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const secret = new Uint8Array(32).fill(42);
const handle = '40718293';
const atMs = 1_800_000_000_000;

test.for(vectors.cases)(
  'the code of slot $slot at $atMs is $digits',
  ({ secret, handle, slot, atMs, step, digits }) => {
    const input = { secret: hex(secret), handle, slot, atMs };
    expect(payCode(input)).toBe(digits);
    expect(payCodeStep(atMs)).toBe(step);
    expect(parsePayCode(digits)).toMatchObject({ ok: true, handle });
    expect(verifyPayCode({ secret: hex(secret), digits, nowMs: atMs })).toEqual({ ok: true, step, slot });
  },
);

test('any code is 19 digits with a check digit and verifies to its step and slot while it is current', () => {
  const arbitrary = fc.record({
    secret: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    handle: fc.integer({ min: 0, max: 99_999_999 }).map((number) => String(number).padStart(8, '0')),
    slot: fc.integer({ min: 0, max: 9 }),
    atMs: fc.integer({ min: 0, max: 5_000_000_000_000 }),
  });
  fc.assert(
    fc.property(arbitrary, fc.integer({ min: 0, max: 60_000 }), (input, ageMs) => {
      const digits = payCode(input);
      expect(digits).toMatch(/^91[0-9]{17}$/);
      expect(isLuhnValid(digits)).toBe(true);
      const verified = verifyPayCode({ secret: input.secret, digits, nowMs: input.atMs + ageMs });
      expect(verified).toEqual({ ok: true, step: payCodeStep(input.atMs), slot: input.slot });
    }),
  );
});

test('a code is taken for its step, five steps after it and one before it, and not beyond', () => {
  const digits = payCode({ secret, handle, slot: 3, atMs });
  const start = payCodeStep(atMs) * PAY_CODE_STEP_MS;
  const at = (nowMs: number) => verifyPayCode({ secret, digits, nowMs }).ok;
  expect(at(start - PAY_CODE_STEP_MS)).toBe(true);
  expect(at(start - PAY_CODE_STEP_MS - 1)).toBe(false);
  expect(at(start + 6 * PAY_CODE_STEP_MS - 1)).toBe(true);
  expect(at(start + 6 * PAY_CODE_STEP_MS)).toBe(false);
});

test('a code of another device, slot digit or password is refused', () => {
  const digits = payCode({ secret, handle, slot: 3, atMs });
  const other = new Uint8Array(32).fill(43);
  expect(verifyPayCode({ secret: other, digits, nowMs: atMs })).toEqual({ ok: false, reason: 'not_current' });
  const typo = digits.slice(0, 12) + ((Number(digits[12]) + 1) % 10) + digits.slice(13);
  expect(verifyPayCode({ secret, digits: typo, nowMs: atMs })).toEqual({ ok: false, reason: 'malformed' });
});

test('what is no code is refused with the reason', () => {
  const digits = payCode({ secret, handle, slot: 0, atMs });
  const reason = (text: string) => {
    const parsed = parsePayCode(text);
    return parsed.ok ? 'ok' : parsed.reason;
  };
  expect(reason(digits.replace(/(.{4})/g, '$1 '))).toBe('ok');
  expect(reason('')).toBe('not_digits');
  expect(reason('91abc')).toBe('not_digits');
  expect(reason(digits.slice(1))).toBe('wrong_length');
  expect(reason('9'.repeat(100_000))).toBe('wrong_length');
  expect(reason(`92${digits.slice(2)}`)).toBe('wrong_prefix');
  expect(reason(digits.slice(0, 18) + ((Number(digits[18]) + 1) % 10))).toBe('wrong_check_digit');
});

test('two devices, or two slots, do not show the same code', () => {
  const all = Array.from({ length: 10 }, (_, slot) => payCode({ secret, handle, slot, atMs }));
  expect(new Set(all).size).toBe(10);
});

test('wrong shapes are bugs and throw', () => {
  expect(() => payCode({ secret: new Uint8Array(16), handle, slot: 0, atMs })).toThrow('32 bytes');
  expect(() => payCode({ secret, handle: '123', slot: 0, atMs })).toThrow('eight');
  expect(() => payCode({ secret, handle, slot: 10, atMs })).toThrow('slot');
  expect(() => payCode({ secret, handle, slot: 0, atMs: Number.NaN })).toThrow('1970');
  expect(() =>
    verifyPayCode({ secret, digits: payCode({ secret, handle, slot: 0, atMs }), nowMs: atMs, stepsBack: 99 }),
  ).toThrow('40');
});
