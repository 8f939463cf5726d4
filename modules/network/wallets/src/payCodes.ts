import type { Sql, Tx } from '@feiqian/db';
import { PAY_CODE_STEPS_BACK, parsePayCode, payCodeStep, verifyPayCode } from '@feiqian/keys';
import * as store from './store.ts';
import type { WalletsDeps } from './wallets.ts';

/** A pay code that was verified: whose it is and which one, so that it pays once. */
export interface VerifiedCode {
  userId: string;
  deviceId: string;
  cardId: string;
  step: number;
  slot: number;
  /** As in `Person`. */
  freeMax: bigint | null;
}
export type PayCodeOutcome =
  | { ok: true; code: VerifiedCode }
  | { ok: false; reason: 'invalid' | 'expired' | 'throttled' };

/** Wrong codes for one device in a minute before its codes are refused for that minute. */
const wrongTriesMax = 5;
const minuteMs = 60_000;
/** Wrong codes from one merchant in a minute: a till that tries many devices is stopped too. */
const wrongPerMerchantMax = 60;
const handlesMax = 10_000;
/** An old but genuine code is told apart from a wrong one within this many steps. */
const expiredSteps = 35;

/** Verifies the codes that payers show. */
export function createPayCodes(
  deps: WalletsDeps,
  openSecret: (sealed: Uint8Array, deviceId: string) => Uint8Array,
) {
  const { db, clock } = deps;
  let wrong = new Map<string, number>();
  let minute = 0;

  function countWrong(...subjects: string[]): void {
    for (const s of subjects)
      if (wrong.size < handlesMax || wrong.has(s)) wrong.set(s, (wrong.get(s) ?? 0) + 1);
  }

  /** The device and card of a code of 19 digits. Changes nothing: `usePayCodes` marks it in the payment's commit. */
  async function resolvePayCode(digits: string, merchantId: string): Promise<PayCodeOutcome> {
    const parts = parsePayCode(digits);
    if (!parts.ok) return { ok: false, reason: 'invalid' };
    const now = clock.now();
    if (Math.floor(now / minuteMs) !== minute) {
      minute = Math.floor(now / minuteMs);
      wrong = new Map();
    }
    const tries = (subject: string) => wrong.get(subject) ?? 0;
    if (tries(parts.handle) >= wrongTriesMax || tries(merchantId) >= wrongPerMerchantMax) {
      return { ok: false, reason: 'throttled' };
    }
    const device = await store.deviceByHandle(db, parts.handle);
    const failed = (reason: 'invalid' | 'expired'): PayCodeOutcome => {
      countWrong(parts.handle, merchantId);
      return { ok: false, reason };
    };
    if (!device) return failed('invalid');
    const secret = openSecret(device.secret, device.id);
    const verified = verifyPayCode({ secret, digits, nowMs: now });
    if (!verified.ok) {
      const old = verifyPayCode({ secret, digits, nowMs: now, stepsBack: expiredSteps, stepsAhead: 0 });
      return failed(old.ok ? 'expired' : 'invalid');
    }
    const card = (await store.cardsOf(db, device.id)).find((c) => c.slot === verified.slot);
    if (!card) return failed('invalid');
    return {
      ok: true,
      code: {
        userId: device.userId,
        deviceId: device.id,
        cardId: card.id,
        step: verified.step,
        slot: verified.slot,
        freeMax: device.freeMax,
      },
    };
  }

  return {
    resolvePayCode,
    /** Marks codes as used in the payment's commit; the set holds `device step slot payment` of those that were fresh. */
    usePayCodes: (
      tx: Tx,
      codes: readonly { deviceId: string; step: number; slot: number; paymentId: string }[],
    ) => (codes.length === 0 ? Promise.resolve(new Set<string>()) : store.insertUsedCodes(tx, codes)),
    /** Forgets codes that are too old to be taken anyway. */
    forgetUsedPayCodes: (sql: Sql) =>
      store.forgetUsedCodes(sql, payCodeStep(clock.now()) - PAY_CODE_STEPS_BACK - expiredSteps),
  };
}
