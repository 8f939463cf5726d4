import { expect, test } from 'vitest';
import { declineByCode, declineOf, notSent } from './decline.ts';

const everyCode = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));

test('every response code has a reason, told in both languages, that says whether money moved', () => {
  for (const code of [...everyCode, 'A0', 'N7', '']) {
    const reason = declineOf(code);
    expect(reason.code).toMatch(/^[a-z_]+$/);
    expect(reason.message).toMatch(/No money moved\./);
    expect(reason.messageZh).toMatch(/未扣款/);
  }
});

test('a reason that was stored by its code is told in the same words', () => {
  for (const code of everyCode) expect(declineByCode(declineOf(code).code).code).toBe(declineOf(code).code);
  expect(declineByCode(notSent.code)).toBe(notSent);
});

test('the codes that payers can do something about have reasons of their own', () => {
  const own = ['14', '41', '51', '54', '57', '61', '62', '91'].map((code) => declineOf(code).code);
  expect(new Set(own).size).toBe(own.length);
  expect(own).not.toContain(declineOf('05').code);
});
