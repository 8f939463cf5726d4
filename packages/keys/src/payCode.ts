import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { isLuhnValid, luhnCheckDigit } from './luhn.ts';

/** A new code every 15 seconds; a shown one may be taken for about a minute (see docs/pay-code.md). */
export const PAY_CODE_STEP_MS = 15_000;
/** The first two digits of every pay code, by which a till tells it from other numbers. */
export const PAY_CODE_PREFIX = '91';
export const PAY_CODE_DIGITS = 19;
export const PAY_CODE_SECRET_BYTES = 32;
/** How many steps back a code is taken: 15 s of its own step and 60 s of showing it. */
export const PAY_CODE_STEPS_BACK = 5;
/** One step ahead, for a phone whose clock is up to 15 s fast. */
export const PAY_CODE_STEPS_AHEAD = 1;

const STEPS_MAX = 40;
const ASCII = new TextEncoder();
const OTP_LABEL = ASCII.encode('feiqian paycode v1');
const SLOT_LABEL = ASCII.encode('slot');

export interface PayCodeInput {
  /** 32 bytes known to the device and the network only. */
  secret: Uint8Array;
  /** Eight digits by which the network finds the device; not secret. */
  handle: string;
  /** Which of the device's payment instruments: 0 to 9. */
  slot: number;
  /** The device's time, in milliseconds since 1970. */
  atMs: number;
}

/**
 * The 19 digits a payer shows: `91`, the handle, the masked slot, a 7-digit one-time password and a Luhn digit.
 * The password is the dynamic truncation of RFC 4226 section 5.3 over HMAC-SHA-256; docs/pay-code.md has the
 * format. Works without a network. Wrong shapes throw: they are bugs of the caller.
 */
export function payCode(input: PayCodeInput): string {
  checkSecret(input.secret);
  if (!/^[0-9]{8}$/.test(input.handle)) throw new RangeError('a pay code handle has eight digits');
  if (!Number.isInteger(input.slot) || input.slot < 0 || input.slot > 9) {
    throw new RangeError('a pay code slot is 0 to 9');
  }
  const step = payCodeStep(input.atMs);
  const slotDigit = (input.slot + slotMask(input.secret, step)) % 10;
  const body = `${PAY_CODE_PREFIX}${input.handle}${slotDigit}${oneTimePassword(input.secret, step, input.slot)}`;
  return body + luhnCheckDigit(body);
}

/** The 15-second step an instant falls in. */
export function payCodeStep(atMs: number): number {
  if (!Number.isFinite(atMs) || atMs < 0) throw new RangeError('a pay code needs a time at or after 1970');
  return Math.floor(atMs / PAY_CODE_STEP_MS);
}

export type PayCodeParts =
  | { ok: true; handle: string; slotDigit: number; otp: string }
  | { ok: false; reason: 'not_digits' | 'wrong_length' | 'wrong_prefix' | 'wrong_check_digit' };

/** Takes a typed or scanned code apart: blanks are ignored; the prefix and the check digit must be right. */
export function parsePayCode(text: string): PayCodeParts {
  if (text.length > 4 * PAY_CODE_DIGITS) return { ok: false, reason: 'wrong_length' };
  const digits = text.replace(/\s/g, '');
  if (!/^[0-9]+$/.test(digits)) return { ok: false, reason: 'not_digits' };
  if (digits.length !== PAY_CODE_DIGITS) return { ok: false, reason: 'wrong_length' };
  if (!digits.startsWith(PAY_CODE_PREFIX)) return { ok: false, reason: 'wrong_prefix' };
  if (!isLuhnValid(digits)) return { ok: false, reason: 'wrong_check_digit' };
  return { ok: true, handle: digits.slice(2, 10), slotDigit: Number(digits[10]), otp: digits.slice(11, 18) };
}

export interface VerifyPayCodeInput {
  secret: Uint8Array;
  digits: string;
  nowMs: number;
  stepsBack?: number;
  stepsAhead?: number;
}

export type VerifiedPayCode =
  | { ok: true; step: number; slot: number }
  | { ok: false; reason: 'malformed' | 'not_current' };

/**
 * Checks a code against the secret of the device its handle names. `step` and `slot` say which code it was:
 * the caller stores (device, step, slot) as used in the same commit as the payment, because a code pays once.
 * Every step of the window is computed and compared in constant time, so that the answer's timing says nothing.
 */
export function verifyPayCode(input: VerifyPayCodeInput): VerifiedPayCode {
  checkSecret(input.secret);
  const parts = parsePayCode(input.digits);
  if (!parts.ok) return { ok: false, reason: 'malformed' };
  const stepsBack = input.stepsBack ?? PAY_CODE_STEPS_BACK;
  const stepsAhead = input.stepsAhead ?? PAY_CODE_STEPS_AHEAD;
  if (stepsBack < 0 || stepsAhead < 0 || stepsBack + stepsAhead > STEPS_MAX) {
    throw new RangeError(`a pay code window has at most ${STEPS_MAX} steps`);
  }
  const now = payCodeStep(input.nowMs);
  let found: { step: number; slot: number } | null = null;
  for (let step = Math.max(0, now - stepsBack); step <= now + stepsAhead; step++) {
    const slot = (parts.slotDigit - slotMask(input.secret, step) + 10) % 10;
    if (sameText(oneTimePassword(input.secret, step, slot), parts.otp)) found = { step, slot };
  }
  return found === null ? { ok: false, reason: 'not_current' } : { ok: true, ...found };
}

/** Seven digits: dynamic truncation (RFC 4226 section 5.3) of the HMAC, modulo 10^7. */
function oneTimePassword(secret: Uint8Array, step: number, slot: number): string {
  const digest = hmac(sha256, secret, join(OTP_LABEL, stepBytes(step), Uint8Array.of(slot)));
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
  const offset = view.getUint8(digest.length - 1) & 0x0f;
  return String((view.getUint32(offset) & 0x7fffffff) % 10_000_000).padStart(7, '0');
}

function slotMask(secret: Uint8Array, step: number): number {
  const digest = hmac(sha256, secret, join(SLOT_LABEL, stepBytes(step)));
  return (digest[digest.length - 1] ?? 0) % 10;
}

function stepBytes(step: number): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(step));
  return out;
}

function join(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function sameText(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let different = 0;
  for (let i = 0; i < a.length; i++) different |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return different === 0;
}

function checkSecret(secret: Uint8Array): void {
  if (secret.length !== PAY_CODE_SECRET_BYTES) throw new RangeError('a pay code secret has 32 bytes');
}
