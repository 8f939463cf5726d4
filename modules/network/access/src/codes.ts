import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import type { Ids } from '@feiqian/ids';
import * as store from './store.ts';

/** Sends a one-time code to a mobile number; `purpose` is what it is good for and nothing else. */
export type SendCode = (mobile: string, code: string, purpose: CodePurpose) => Promise<void>;
export type CodePurpose = 'sign_in' | 'verification';
/** What a code is for; a code of one use is wrong at every other. */
export interface CodeUse {
  purpose: CodePurpose;
  /** The one thing it confirms, when the purpose alone does not say. */
  object?: string;
}
const signIn: CodeUse = { purpose: 'sign_in' };

export const codeSeconds = 300;
const triesMax = 5;
/** Wrong codes for one number in a row, over all codes sent to it, before it is locked for a while. */
const wrongPerNumberMax = 15;
const lockMs = 15 * 60_000;
/** The shortest time between two codes to one number, in ms. */
const resendMs = 1_000;

export interface Codes {
  /** Sends a code. The answer is the same whether the number is known or not. */
  request(mobile: string, use?: CodeUse): Promise<void>;
  /**
   * Uses a code up. Throws `wrong_code` when it is wrong, used, too old or was tried too often, and
   * `too_many_attempts` for a number at which many codes were guessed: asking for new ones buys no more guesses.
   */
  use(mobile: string, code: string, use?: CodeUse): Promise<void>;
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
  /** Where the code for a use is kept: each use has its own. */
  const placeOf = (mobile: string, { purpose, object = '' }: CodeUse) =>
    purpose === 'sign_in' ? mobileHash(mobile) : deps.keyedHash('mobile', `${mobile} ${purpose} ${object}`);
  const codeHash = (mobile: string, code: string) =>
    createHash('sha256').update(`${mobile} ${code}`).digest();

  return {
    async request(mobile, use = signIn) {
      const place = placeOf(mobile, use);
      const now = clock.now();
      const code = deps.fixedCode ?? sixDigits(ids);
      const due = await db.transaction(async (tx) => {
        const last = await store.lockCode(tx, place);
        if (last && last.sent_at.getTime() + resendMs > now) return false;
        await store.putCode(tx, {
          mobileHash: place,
          codeHash: codeHash(mobile, code),
          expiresAtMs: now + codeSeconds * 1000,
          sentAtMs: now,
        });
        return true;
      });
      if (due) await deps.sendCode(mobile, code, use.purpose);
    },
    async use(mobile, code, use = signIn) {
      const place = placeOf(mobile, use);
      const now = clock.now();
      const subject = `mobile ${Buffer.from(mobileHash(mobile)).toString('base64url')}`;
      const right = await db.transaction(async (tx) => {
        const { tries, locked_until } = await store.lockTries(tx, subject);
        const lockedMs = (locked_until?.getTime() ?? 0) - now;
        if (lockedMs > 0) {
          const retryAfterSeconds = Math.ceil(lockedMs / 1000);
          throw new ProblemError('too_many_attempts', undefined, { retryAfterSeconds });
        }
        const wrong = async () => {
          const count = locked_until === null ? tries + 1 : 1;
          await store.setTries(tx, subject, count, count >= wrongPerNumberMax ? now + lockMs : null);
          return false;
        };
        const row = await store.lockCode(tx, place);
        if (!row || row.tries >= triesMax || row.expires_at.getTime() <= now) return wrong();
        if (!timingSafeEqual(Buffer.from(row.code_hash), codeHash(mobile, code))) {
          await store.countCodeTry(tx, place);
          return wrong();
        }
        await store.dropCode(tx, place);
        await store.setTries(tx, subject, 0, null);
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
