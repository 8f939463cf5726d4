import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryLedger, type Transfer } from '../src/index.ts';
import { accounts, histories } from './arbitrary.ts';
import { createNaiveLedger } from './naive.ts';

const tx = undefined as never;
const startMs = Date.UTC(2026, 0, 5);
const ids = accounts.map((a) => a.id);

/** The model says only that a second attempt differs, not in what. */
function blur(result: string): string {
  return result.startsWith('exists_with_different') ? 'exists…' : result;
}

describe('any history of batches', () => {
  test('has the results and balances that counting the whole log anew gives', async () => {
    await fc.assert(
      fc.asyncProperty(histories(), async (steps) => {
        const ledger = createMemoryLedger();
        await ledger.createAccounts(tx, accounts, startMs);
        const naive = createNaiveLedger(accounts);
        let nowMs = startMs;
        for (const { waitMs, expire, batch } of steps) {
          nowMs += waitMs;
          if (expire) {
            const expired = await ledger.expirePending(tx, nowMs, 100);
            expect(expired.map((t) => t.id).sort()).toEqual(naive.expire(nowMs).sort());
          }
          const results = await ledger.createTransfers(tx, batch, nowMs);
          expect(results.map(blur)).toEqual(naive.create(batch, nowMs));
          for (const account of await ledger.lookupAccounts(tx, ids)) {
            expect(account).toMatchObject(naive.balance(account.id));
            expect(account.flags.closed).toBe(naive.closed(account.id));
          }
        }
        expect(await ledger.audit(tx)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('keeps debits equal to credits, every limit, and time rising on each account', async () => {
    await fc.assert(
      fc.asyncProperty(histories(), async (steps) => {
        const ledger = createMemoryLedger();
        await ledger.createAccounts(tx, accounts, startMs);
        for (const { waitMs, batch } of steps) {
          // Clocks of two machines differ: time may also go back.
          await ledger.createTransfers(tx, batch, startMs - waitMs);
          let difference = 0n;
          for (const a of await ledger.lookupAccounts(tx, ids)) {
            difference += a.debitsPosted + 1_000_000n * a.debitsPending;
            difference -= a.creditsPosted + 1_000_000n * a.creditsPending;
            const { debitsMustNotExceedCredits, creditsMustNotExceedDebits } = a.flags;
            if (debitsMustNotExceedCredits)
              expect(a.debitsPending + a.debitsPosted <= a.creditsPosted).toBe(true);
            if (creditsMustNotExceedDebits)
              expect(a.creditsPending + a.creditsPosted <= a.debitsPosted).toBe(true);
          }
          expect(difference).toBe(0n);
        }
        for (const id of ids) {
          const newestFirst: Transfer[] = await ledger.accountTransfers(tx, id, { limit: 1_000 });
          const timestamps = newestFirst.map((t) => t.timestamp);
          expect(new Set(timestamps).size).toBe(timestamps.length);
          const account = (await ledger.lookupAccounts(tx, [id]))[0];
          if (timestamps[0]) expect(account?.lastTimestamp).toBe(timestamps[0]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
