import type { Clock } from '@feiqian/clock';
import type { Tx } from '@feiqian/db';
import type { AccountInput, Ledger, TransferInput } from '@feiqian/ledger';
import { currencyNumber, type NewAccount } from './account.ts';
import type { Movement } from './movement.ts';
import { namedUuid } from './namedUuid.ts';
import { accountCodes, transferCodes } from './posting.ts';
import type { Store } from './store.ts';

type HouseRole = 'clearing' | 'funding' | 'commitments';

/** The id of one of the bank's own ledger accounts: the same at every start, so that opening it is idempotent. */
export function houseId(schema: string, role: HouseRole, currency: number): string {
  return namedUuid(`${schema}/${role}/${currency}`);
}

/** Opens accounts: the row, the account in the ledger, and the deposit or the credit limit it begins with. */
export async function openAccounts(
  { schema, clock, ledger }: { schema: string; clock: Clock; ledger: Ledger },
  store: Store,
  tx: Tx,
  accounts: readonly NewAccount[],
): Promise<void> {
  const nowMs = clock.now();
  const inputs = new Map<string, AccountInput>();
  const transfers: TransferInput[] = [];
  const movements: Movement[] = [];
  for (const account of accounts) {
    const currency = currencyNumber(account.currency);
    if (currency === null) throw new RangeError(`the bank keeps no accounts in ${account.currency}`);
    for (const role of ['clearing', 'funding', 'commitments'] as const) {
      const id = houseId(schema, role, currency);
      inputs.set(id, { id, ledger: currency, code: accountCodes[role] });
    }
    inputs.set(account.id, {
      id: account.id,
      ledger: currency,
      code: accountCodes[account.kind],
      flags: { debitsMustNotExceedCredits: true },
      userData128: account.customerId,
    });
    const grant = account.kind === 'credit';
    const amount = grant ? account.creditLimit : account.openingDeposit;
    if (amount === 0n) continue;
    const id = namedUuid(`${account.id}/opening`);
    transfers.push({
      id,
      debitAccountId: houseId(schema, grant ? 'commitments' : 'funding', currency),
      creditAccountId: account.id,
      amount,
      ledger: currency,
      code: grant ? transferCodes.credit_granted : transferCodes.deposit,
      userData128: account.id,
    });
    if (!grant) movements.push(openingMovement(account, id, nowMs));
  }
  await store.insertAccounts(
    tx,
    accounts.map(({ openingDeposit: _, ...a }) => ({
      ...a,
      class: a.kind === 'credit' ? null : (a.class ?? 'class_1'),
      grandfathered: a.grandfathered ?? false,
      product: a.product ?? '',
      productEn: a.productEn ?? '',
      status: a.status ?? ('open' as const),
      openedAtMs: nowMs,
    })),
  );
  const created = await ledger.createAccounts(tx, [...inputs.values()], nowMs);
  const posted = await ledger.createTransfers(tx, transfers, nowMs);
  for (const result of [...created, ...posted]) {
    if (result !== 'created' && result !== 'exists') throw new Error(`opening an account: ${result}`);
  }
  if (movements.length > 0) await store.insertMovements(tx, movements);
}

/** Something that moved before the bank was opened. */
export interface HistoryLine {
  accountId: string;
  currency: string;
  kind: 'purchase' | 'repayment';
  atMs: number;
  /** Minor units, positive. */
  amount: bigint;
  description: string;
}

const historyLinesMax = 15;

/**
 * Books the past against the account of opening deposits: who was paid then has been paid long since. A line that an
 * account can no longer bear, because it was in use before, is left out.
 */
export async function bookHistory(
  { schema, clock, ledger }: { schema: string; clock: Clock; ledger: Ledger },
  store: Store,
  tx: Tx,
  lines: readonly HistoryLine[],
): Promise<void> {
  const counts = new Map<string, number>();
  const booked = lines.map((line) => {
    const count = (counts.get(line.accountId) ?? 0) + 1;
    if (count > historyLinesMax) throw new RangeError('a history is too long');
    counts.set(line.accountId, count);
    const currency = currencyNumber(line.currency) as number;
    const house = houseId(schema, 'funding', currency);
    const id = namedUuid(`${line.accountId}/history/${count}`);
    const out = line.kind === 'purchase';
    const transfer: TransferInput = {
      id,
      debitAccountId: out ? line.accountId : house,
      creditAccountId: out ? house : line.accountId,
      amount: line.amount,
      ledger: currency,
      code: transferCodes[line.kind],
      userData128: line.accountId,
    };
    const movement: Movement = {
      // After the opening deposit, before everything that has a present time in its id.
      id: `00000000-000${count.toString(16)}${id.slice(13)}`,
      accountId: line.accountId,
      atMs: line.atMs,
      kind: line.kind,
      amount: out ? -line.amount : line.amount,
      currency: line.currency,
      description: line.description,
      rrn: null,
      cardLast4: null,
      counterparty: null,
      transferId: id,
    };
    return { transfer, movement };
  });
  if (booked.length === 0) return;
  const results = await ledger.createTransfers(
    tx,
    booked.map((b) => b.transfer),
    clock.now(),
  );
  const done: Movement[] = [];
  for (const [i, result] of results.entries()) {
    if (result === 'created' || result === 'exists')
      done.push((booked[i] as (typeof booked)[number]).movement);
    else if (result !== 'exceeds_credits' && result !== 'id_already_failed') {
      throw new Error(`booking the past: ${result}`);
    }
  }
  if (done.length > 0) await store.insertMovements(tx, done);
}

/** The first line of a statement: its id follows from the transfer, so that it is told once, and sorts before all. */
function openingMovement(account: NewAccount, transferId: string, nowMs: number): Movement {
  return {
    id: `00000000-0000${transferId.slice(13)}`,
    accountId: account.id,
    atMs: nowMs,
    kind: 'deposit',
    amount: account.openingDeposit,
    currency: account.currency,
    description: '开户存款 Opening deposit',
    rrn: null,
    cardLast4: null,
    counterparty: null,
    transferId,
  };
}
