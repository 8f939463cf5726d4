import type { Tx } from '@feiqian/db';
import { createMemoryLedger, type TransferInput } from '@feiqian/ledger';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Payment, Refund } from './payment.ts';
import { captureHold, hold, purchase, refundEnd, refundHold, releaseHold } from './postings.ts';

/** The ledger in memory takes any transaction and needs none. */
const tx = undefined as unknown as Tx;
const books = { ledger: 156, position: '00000000-0000-8000-8000-000000000001' };
const payableAccount = '00000000-0000-8000-8000-000000000002';
const uuid = (n: number) => `00000000-0000-8000-9000-${String(n).padStart(12, '0')}`;

/** One payment's life in money: how much of it was captured, and the refunds with the bank's answers. */
interface Life {
  amount: bigint;
  mode: 'purchase' | 'capture' | 'release' | 'held';
  capturedPercent: bigint;
  refunds: { percent: bigint; answer: 'accepted' | 'refused' | 'none' }[];
}

const life: fc.Arbitrary<Life> = fc.record({
  amount: fc.bigInt({ min: 1n, max: 999_999_999_999n }),
  mode: fc.constantFrom('purchase', 'capture', 'release', 'held'),
  capturedPercent: fc.bigInt({ min: 1n, max: 100n }),
  refunds: fc.array(
    fc.record({
      percent: fc.bigInt({ min: 1n, max: 100n }),
      answer: fc.constantFrom('accepted', 'refused', 'none'),
    }),
    { maxLength: 4 },
  ),
});

test('whatever becomes of payments, the books say what the banks owe and what merchants get', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 8 }), async (lives) => {
      const ledger = createMemoryLedger();
      const account = (id: string) => ({ id, ledger: books.ledger, code: 1 });
      await ledger.createAccounts(tx, [account(books.position), account(payableAccount)], 1);
      let next = 1;
      let nowMs = 1_000;
      const book = async (t: TransferInput) => {
        nowMs += 1;
        expect(await ledger.createTransfers(tx, [t], nowMs)).toEqual(['created']);
        // Booked a second time it is the same one, or none: nothing moves twice.
        expect((await ledger.createTransfers(tx, [t], nowMs))[0]).not.toBe('created');
      };
      let [owed, back, held, promised] = [0n, 0n, 0n, 0n];
      for (const one of lives) {
        const captured =
          one.mode === 'purchase'
            ? one.amount
            : one.mode === 'capture'
              ? share(one.amount, one.capturedPercent)
              : 0n;
        const p = {
          id: uuid(next++),
          payableAccount,
          authorisedAmount: one.amount,
          capturedAmount: captured,
        } as Payment;
        if (one.mode === 'purchase') await book(purchase(p, books));
        else await book(hold(p, books));
        if (one.mode === 'capture') await book(captureHold(p, uuid(next++), books));
        if (one.mode === 'release') await book(releaseHold(p, uuid(next++), books));
        if (one.mode === 'held') held += one.amount;
        owed += captured;
        let left = captured;
        for (const { percent, answer } of one.refunds) {
          const r = { id: uuid(next++), amount: share(left, percent) } as Refund;
          if (r.amount <= 0n) continue;
          await book(refundHold(p, r, books));
          if (answer !== 'none') await book(refundEnd(p, r, uuid(next++), answer === 'accepted', books));
          if (answer === 'accepted') back += r.amount;
          if (answer === 'none') promised += r.amount;
          if (answer !== 'refused') left -= r.amount;
        }
      }
      const [position, payable] = await ledger.lookupAccounts(tx, [books.position, payableAccount]);
      expect(position).toMatchObject({
        debitsPosted: owed,
        creditsPosted: back,
        debitsPending: held,
        creditsPending: promised,
      });
      expect(payable).toMatchObject({
        creditsPosted: owed,
        debitsPosted: back,
        creditsPending: held,
        debitsPending: promised,
      });
    }),
    { numRuns: 60 },
  );
});

function share(of: bigint, percent: bigint): bigint {
  const part = (of * percent) / 100n;
  return part === 0n && of > 0n ? 1n : part;
}
