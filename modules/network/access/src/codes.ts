import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import type { Ids } from '@feiqian/ids';
import * as store from './store.ts';

/** Sends a one-time code to a mobile number. */
export type SendCode = (mobile: string, code: string) => Promise<void>;

export const codeSeconds = 300;
const triesMax = 5;
/** The shortest time between two codes to one number, in ms. */
const resendMs = 1_000;

export interface Codes {
  /** Sends a code. The answer is the same whether the number is known or not. */
  request(mobile: string): Promise<void>;
  /** Uses a code up. Throws `wrong_code` when it is wrong, used, too old or was tried too often. */
  use(mobile: string, code: string): Promise<void>;
}

export function createCodes(deps: {
  db: Db;
  clock: Clock;
  ids: Ids;
  keyedHash: (purpose: string, text: string) => Uint8Array;
  sendCode: SendCode;
  fixedCode: string | null;
}): Codes {
  const { db, clock, ids } = deps;
  const mobileHash = (mobile: string) => deps.keyedHash('mobile', mobile);
  const codeHash = (mobile: string, code: string) =>
    createHash('sha256').update(`${mobile} ${code}`).digest();

  return {
    async request(mobile) {
      const now = clock.now();
      const code = deps.fixedCode ?? sixDigits(ids);
      const due = await db.transaction(async (tx) => {
        const last = await store.lockCode(tx, mobileHash(mobile));
        if (last && last.sent_at.getTime() + resendMs > now) return false;
        await store.putCode(tx, {
          mobileHash: mobileHash(mobile),
          codeHash: codeHash(mobile, code),
          expiresAtMs: now + codeSeconds * 1000,
          sentAtMs: now,
        });
        return true;
      });
      if (due) await deps.sendCode(mobile, code);
    },
    async use(mobile, code) {
      const right = await db.transaction(async (tx) => {
        const row = await store.lockCode(tx, mobileHash(mobile));
        if (!row || row.tries >= triesMax || row.expires_at.getTime() <= clock.now()) return false;
        if (!timingSafeEqual(Buffer.from(row.code_hash), codeHash(mobile, code))) {
          await store.countCodeTry(tx, mobileHash(mobile));
          return false;
        }
        await store.dropCode(tx, mobileHash(mobile));
        return true;
      });
      if (!right) throw new ProblemError('wrong_code');
    },
  };
}

/** Six digits, each equally likely (rejection sampling over 32 bits). */
function sixDigits(ids: Ids): string {
  for (;;) {
    const n = Buffer.from(ids.secret(4), 'base64url').readUInt32BE(0);
    if (n < 4_294_000_000) return String(n % 1_000_000).padStart(6, '0');
  }
}
