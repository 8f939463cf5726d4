import { bankCodeMsMax, bankCodeTriesMax, bankVerificationMsMax } from '@feiqian/contract';

/** A five-factor verification. */
export interface Verification {
  /** UUID. */
  id: string;
  /** The customer of whom the first four factors are, or null. */
  customerId: string | null;
  /** Keyed hash of the Class I number that was given. */
  numberLookup: string;
  codeDigest: string | null;
  /** Codes that were tried. */
  tries: number;
  createdAtMs: number;
  /** When its code can no longer be confirmed. */
  expiresAtMs: number;
  confirmedAtMs: number | null;
  usedAtMs: number | null;
}

/** A verification that begins. */
export function begun(
  given: Pick<Verification, 'id' | 'customerId' | 'numberLookup' | 'codeDigest'>,
  nowMs: number,
): Verification {
  return {
    ...given,
    tries: 0,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + bankCodeMsMax,
    confirmedAtMs: null,
    usedAtMs: null,
  };
}

/**
 * A verification after a code was tried. The right code is right once, in time, within the tries; confirming again
 * what is confirmed changes nothing.
 */
export function tried(v: Verification, codeDigest: string, nowMs: number): Verification {
  if (v.confirmedAtMs !== null || v.tries >= bankCodeTriesMax || nowMs >= v.expiresAtMs) return v;
  const right = v.customerId !== null && v.codeDigest !== null && v.codeDigest === codeDigest;
  return { ...v, tries: v.tries + 1, confirmedAtMs: right ? nowMs : null };
}

/** Until when a confirmed verification may be used, in ms; null when it is not confirmed. */
export function usableUntilMs(v: Verification): number | null {
  return v.confirmedAtMs === null ? null : v.confirmedAtMs + bankVerificationMsMax;
}

/** True when it may be used now, by this customer, for this number. */
export function mayBeUsed(
  v: Verification,
  use: { customerId: string; numberLookup: string; nowMs: number },
): boolean {
  const until = usableUntilMs(v);
  return (
    until !== null &&
    use.nowMs < until &&
    v.usedAtMs === null &&
    v.customerId === use.customerId &&
    v.numberLookup === use.numberLookup
  );
}

/** Clocks of network and bank may differ by so much, in ms. */
const skewMsMax = 60_000;

/** True when something the network says to have verified is recent enough. */
export function isRecent(verifiedAtMs: number, nowMs: number): boolean {
  return verifiedAtMs <= nowMs + skewMsMax && nowMs - verifiedAtMs < bankVerificationMsMax;
}
