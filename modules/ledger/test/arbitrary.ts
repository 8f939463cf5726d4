import fc from 'fast-check';
import type { AccountInput, TransferInput } from '../src/index.ts';

/** Accounts and batches drawn from so few ids that they meet: retries, double posts, races for the last unit. */

export const currency = 156;

export function accountId(n: number): string {
  return `00000000-0000-7000-8000-0000000000${n.toString(16).padStart(2, '0')}`;
}

export function transferId(n: number): string {
  return `00000000-0000-7000-9000-${n.toString(16).padStart(12, '0')}`;
}

/** Six that exist: free ones, one limited each way, one of another currency; number 7 does not exist. */
export const accounts: readonly AccountInput[] = [
  { id: accountId(1), ledger: currency, code: 1 },
  { id: accountId(2), ledger: currency, code: 1, userData64: 9n },
  { id: accountId(3), ledger: currency, code: 2, flags: { debitsMustNotExceedCredits: true } },
  { id: accountId(4), ledger: currency, code: 2, flags: { debitsMustNotExceedCredits: true } },
  { id: accountId(5), ledger: currency, code: 3, flags: { creditsMustNotExceedDebits: true } },
  { id: accountId(6), ledger: 840, code: 1 },
];

const even = (min: number, max: number) => fc.noBias(fc.integer({ min, max }));

const anyAccountId = fc.oneof(
  { weight: 60, arbitrary: even(1, 5).map(accountId) },
  { weight: 1, arbitrary: fc.constantFrom(accountId(6), accountId(7)) },
);

/** Two accounts, the second mostly another one. */
const anyTwo = fc
  .tuple(anyAccountId, anyAccountId, even(1, 20))
  .map(([debit, credit, n]) => (debit === credit && n > 1 ? [debit, accountId(1)] : [debit, credit]));

const once = (among: number) => even(1, among).map((n) => (n === 1 ? true : undefined));

/** Ids of three kinds, so that posts and voids find pending transfers; now and then one of another kind. */
function idOf(kind: 'direct' | 'pending' | 'resolving'): fc.Arbitrary<string> {
  const own = { direct: even(1, 40), pending: even(101, 112), resolving: even(201, 300) }[kind];
  const stray = fc.oneof(even(1, 40), even(101, 112), even(201, 300));
  return fc.oneof({ weight: 40, arbitrary: own }, { weight: 1, arbitrary: stray }).map(transferId);
}

const amount = fc.noBias(fc.bigInt({ min: 1n, max: 12n }));

function direct(kind: 'direct' | 'pending'): fc.Arbitrary<TransferInput> {
  return fc
    .record({
      id: idOf(kind),
      two: anyTwo,
      amount: fc.oneof({ weight: 40, arbitrary: amount }, { weight: 1, arbitrary: fc.constant(0n) }),
      ledger: fc.constantFrom(...Array<number>(40).fill(currency), 840, 0),
      code: fc.constantFrom(...Array<number>(40).fill(7), 0),
      timeout: even(1, 3),
      stray: once(60),
      flags: fc.record({
        linked: once(8),
        balancingDebit: once(10),
        balancingCredit: once(10),
        closingDebit: once(60),
        closingCredit: once(60),
      }),
    })
    .map(({ two, timeout, stray, flags, ...rest }) => ({
      ...rest,
      debitAccountId: two[0],
      creditAccountId: two[1],
      timeoutSeconds: (kind === 'pending') !== (stray === true) ? timeout - 1 : 0,
      flags: {
        ...flags,
        pending: kind === 'pending',
        closingDebit: kind === 'pending' || stray ? flags.closingDebit : undefined,
        closingCredit: kind === 'pending' || stray ? flags.closingCredit : undefined,
      },
    }));
}

const resolving: fc.Arbitrary<TransferInput> = fc
  .record({
    id: idOf('resolving'),
    pendingId: fc.oneof(
      { weight: 40, arbitrary: idOf('pending') },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
    amount: fc.oneof(
      { weight: 6, arbitrary: fc.constant(undefined) },
      { weight: 6, arbitrary: amount },
      { weight: 1, arbitrary: fc.constantFrom(0n, 2n ** 63n - 1n) },
    ),
    debitAccountId: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, anyAccountId),
    creditAccountId: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, anyAccountId),
    ledger: fc.constantFrom(undefined, undefined, currency, currency, currency, currency, 840),
    code: fc.constantFrom(undefined, undefined, 7, 7, 7, 7, 8),
    post: fc.boolean(),
    linked: once(8),
    pending: once(60),
  })
  .map(({ post, linked, pending, ...rest }) => ({
    ...rest,
    flags: { linked, pending, ...(post ? { postPending: true } : { voidPending: true }) },
  }));

const transfers = fc.oneof(
  { weight: 2, arbitrary: direct('direct') },
  { weight: 2, arbitrary: direct('pending') },
  { weight: 3, arbitrary: resolving },
);

export interface Step {
  /** How far the clock moves before the batch, in ms. */
  waitMs: number;
  /** Expire what is due before the batch. */
  expire: boolean;
  batch: TransferInput[];
}

/** A history of batches. `repeat` sends an earlier batch again, word for word, as a client does after a crash. */
export function histories(): fc.Arbitrary<Step[]> {
  const step = fc.record({
    waitMs: fc.constantFrom(0, 1, 400, 1_000),
    expire: fc.boolean(),
    batch: fc.array(transfers, { minLength: 1, maxLength: 10, size: 'max' }),
    repeat: once(6),
  });
  return fc.array(step, { minLength: 1, maxLength: 14, size: 'max' }).map((steps) =>
    steps.map(({ repeat, ...each }, index) => {
      const earlier = repeat ? steps[Math.floor(index / 2)] : undefined;
      return earlier ? { ...each, batch: earlier.batch } : each;
    }),
  );
}
