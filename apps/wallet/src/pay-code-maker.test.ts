import { PAY_CODE_STEP_MS, PAY_CODE_STEPS_BACK, verifyPayCode } from '@feiqian/keys';
import { expect, test } from 'vitest';
import { fromBase64Url } from './base64url.ts';
import { codeShownMs, groupDigits, makeCode, type ShownCode } from './pay-code-maker.ts';

const key = { handle: '10203040', secret: Uint8Array.from({ length: 32 }, (_, index) => index) };
const at = Date.UTC(2026, 10, 22, 4, 0, 7);
const code = (slot: number, ms: number) => makeCode(key, slot, ms) as ShownCode;

test('the network takes the code for as long as the phone shows it', () => {
  for (const offset of [0, 1, 7_000, PAY_CODE_STEP_MS - 1]) {
    const made = code(3, at + offset);
    const last = made.renewAtMs - 1;
    expect(verifyPayCode({ secret: key.secret, digits: made.digits, nowMs: last })).toMatchObject({
      ok: true,
      slot: 3,
    });
  }
  expect(codeShownMs).toBeLessThanOrEqual(PAY_CODE_STEPS_BACK * PAY_CODE_STEP_MS);
});

test('each card has its own code', () => {
  expect(code(0, at).digits).not.toBe(code(1, at).digits);
});

test('a used code is never shown again: the next comes with the next step', () => {
  const made = code(0, at);
  const waiting = makeCode(key, 0, at, made.step);
  expect(waiting).toEqual({ waitMs: 8_000 });
  expect(makeCode(key, 0, at + 8_000, made.step)).toMatchObject({ step: made.step + 1 });
});

test('digits are grouped by four', () => {
  expect(groupDigits('9112345678559720591')).toBe('9112 3456 7855 9720 591');
});

test('base64url is read with and without padding', () => {
  expect([...fromBase64Url('-_8')]).toEqual([251, 255]);
  expect([...fromBase64Url('-_8=')]).toEqual([251, 255]);
});
