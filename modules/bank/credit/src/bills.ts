import { type Account, type Accounts, owedOf } from '@feiqian/bank-accounts';
import type { Notices } from '@feiqian/bank-notices';
import { businessDay, type Clock } from '@feiqian/clock';
import type { Db, Sql, Tx } from '@feiqian/db';
import { fromUuid, type Ids } from '@feiqian/ids';
import {
  addDays,
  type Bill,
  type BillNow,
  billNow,
  dayEnds,
  firstStatement,
  minimumOf,
  nextMonth,
} from './bill.ts';
import type { createBillStore, Schedule } from './store.ts';

/** A statement is made this long after its day is over, so that what was under way then is on it, in ms. */
export const cutGraceMs = 5 * 60_000;
/** Accounts billed in one transaction. */
const batchMax = 100;

export interface BillsDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  accounts: Accounts;
  notices: Notices;
  timeZone: string;
}

/** What is owed on a credit account now; amounts in minor units. */
export interface Owed {
  owed: bigint;
  unbilled: bigint;
  creditLimit: bigint;
  available: bigint;
  bill: BillNow | null;
  /** YYYY-MM-DD. */
  nextStatement: string;
}

/** The statements of credit accounts. */
export interface Bills {
  /** From now on (or from an instant in the past) the account gets statements. */
  schedule(
    sql: Sql,
    accounts: readonly { accountId: string; statementDay: number; dueDays: number }[],
    fromMs?: number,
  ): Promise<void>;
  /** Makes the statements that are due, the oldest of each account first; how many it looked at. */
  issueDue(): Promise<number>;
  /** Newest first. */
  page(
    account: Account,
    page: { before: string | null; limit: number },
  ): Promise<{ bills: BillNow[]; next: string | null }>;
  owed(account: Account): Promise<Owed>;
}

type Store = ReturnType<typeof createBillStore>;

export function createBills(deps: BillsDeps, store: Store): Bills {
  const { db, clock, accounts, timeZone } = deps;
  const today = () => businessDay(clock.now(), timeZone).date;

  async function asItStands(bill: Bill): Promise<BillNow> {
    const nextCut = await store.nextCut(db, bill);
    const { gained } = await accounts.sums(db, bill.accountId, bill.cutAtMs, nextCut);
    return billNow(bill, gained, nextCut === null, today());
  }

  return {
    async schedule(sql, wanted, fromMs = clock.now()) {
      const schedules = wanted.map((w): Schedule => {
        const nextStatement = firstStatement(fromMs, w.statementDay, timeZone);
        return { ...w, nextStatement, nextCutMs: dayEnds(nextStatement, timeZone) };
      });
      if (schedules.length > 0) await store.insertSchedules(sql, schedules);
    },
    async issueDue() {
      let done = 0;
      for (let count = -1; count !== 0; done += count) {
        count = await db.transaction((tx) => issueBatch(deps, store, tx));
      }
      return done;
    },
    async page(account, { before, limit }) {
      const found = await store.bills(db, account.id, before, limit + 1);
      const shown = found.slice(0, limit);
      return {
        bills: await Promise.all(shown.map(asItStands)),
        next: found.length > limit ? (shown.at(-1) as Bill).id : null,
      };
    },
    async owed(account) {
      const [balance, [latest], schedule] = await Promise.all([
        accounts.balance(account),
        store.bills(db, account.id, null, 1),
        store.schedule(db, account.id),
      ]);
      const bill = latest ? await asItStands(latest) : null;
      const owed = owedOf(balance);
      const left = bill ? bill.amount - bill.paid : 0n;
      return {
        owed,
        unbilled: owed > left ? owed - left : 0n,
        creditLimit: account.creditLimit,
        available: balance.available,
        bill,
        nextStatement: schedule?.nextStatement ?? today(),
      };
    },
  };
}

/** One statement for each account that is due; an account long overdue comes again in the next batch. */
async function issueBatch(deps: BillsDeps, store: Store, tx: Tx): Promise<number> {
  const { accounts, clock, ids, notices, timeZone } = deps;
  const due = await store.lockDue(tx, clock.now() - cutGraceMs, batchMax);
  const found = await accounts.lock(
    tx,
    due.map((s) => s.accountId),
  );
  for (const schedule of due) {
    const { accountId, nextStatement: statementDate, nextCutMs: cutAtMs } = schedule;
    const { gained, lost } = await accounts.sums(tx, accountId, null, cutAtMs);
    if (lost > gained) {
      const amount = lost - gained;
      const dueDate = addDays(statementDate, schedule.dueDays);
      const bill = { id: ids.uuid(), accountId, statementDate, dueDate, cutAtMs, amount };
      const minimum = minimumOf(amount);
      await store.insertBill(tx, { ...bill, minimum });
      await notices.add(tx, [
        {
          subject: { id: accountId, prefix: 'acc' },
          type: 'bill.issued',
          atMs: clock.now(),
          data: {
            bill_id: fromUuid(bill.id, 'bill'),
            statement_date: statementDate,
            due_date: dueDate,
            amount: Number(amount),
            minimum: Number(minimum),
            currency: found.get(accountId)?.currency ?? '',
          },
        },
      ]);
    }
    const nextStatement = nextMonth(statementDate);
    await store.advance(tx, { ...schedule, nextStatement, nextCutMs: dayEnds(nextStatement, timeZone) });
  }
  return due.length;
}
