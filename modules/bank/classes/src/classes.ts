import { type Account, isLimited } from '@feiqian/bank-accounts';
import type { Clock } from '@feiqian/clock';
import type { Migrations, Sql, Tx } from '@feiqian/db';
import init from '../migrations/0001_init.sql';
import {
  type ClassRules,
  type ClassTable,
  countedLimits,
  type Direction,
  type LimitState,
  limitStates,
  type Periods,
  periodOf,
  periodsAt,
  tableInForce,
  type Used,
} from './classRules.ts';
import { type Binding, createStore, type UsedChange } from './store.ts';

/** The tables of the module in the schema of one bank. */
export function classesMigrations(schema: string): Migrations {
  return { schema, scripts: [{ name: '0001_init', sql: init }] };
}

export interface ClassesDeps {
  schema: string;
  clock: Clock;
  /** IANA name of the zone in whose days and years limits are counted. */
  timeZone: string;
}

/** The rules of one account with what it has used of them. */
export interface ClassState {
  rules: ClassRules;
  /** Since when the rules hold, YYYY-MM-DD. */
  effectiveFrom: string;
  used: Used;
  binding: Binding | null;
  periods: Periods;
}

/** The classes of a bank's accounts. */
export interface Classes {
  /** Adds tables of rules; those of days that have one already are left alone. */
  enact(sql: Sql, tables: readonly ClassTable[]): Promise<void>;
  /** All tables, the oldest first. */
  tables(sql: Sql): Promise<ClassTable[]>;
  /** The rules of a class today. Throws when there is no table yet, which is a fault of the set-up. */
  rulesOf(sql: Sql, name: ClassRules['class']): Promise<ClassRules>;
  /**
   * The state of those accounts whose class limits them. For a decision: after the accounts were locked, in the
   * same transaction.
   */
  states(sql: Sql, accounts: readonly Account[]): Promise<Map<string, ClassState>>;
  /** Every limit of an account as it stands, with `balance` on it. */
  limits(state: ClassState, balance: bigint): LimitState[];
  /** Counts what went out or in at an instant; the caller holds the account's lock. */
  count(tx: Tx, uses: readonly Use[]): Promise<void>;
  /** Takes back what was counted at an instant. */
  giveBack(tx: Tx, uses: readonly Use[]): Promise<void>;
  bind(tx: Tx, accountId: string, binding: Binding): Promise<void>;
  bindings(sql: Sql, accountIds: readonly string[]): Promise<Map<string, Binding>>;
}

/** An amount that counts against an account's limits of one direction. */
export interface Use {
  accountId: string;
  direction: Direction;
  /** Minor units, positive. */
  amount: bigint;
  /** When it was first counted: it belongs to that day and year for ever. */
  atMs: number;
}

/** The classes of one bank's accounts. */
export function createClasses({ schema, clock, timeZone }: ClassesDeps): Classes {
  const store = createStore(schema);

  async function present(sql: Sql): Promise<{ table: ClassTable; periods: Periods }> {
    const periods = periodsAt(clock.now(), timeZone);
    const table = tableInForce(await store.tables(sql), periods.day.start);
    if (!table) throw new Error('the bank has no table of class rules that is in force');
    return { table, periods };
  }

  function rulesIn(table: ClassTable, name: ClassRules['class']): ClassRules {
    const rules = table.classes.find((c) => c.class === name);
    if (!rules) throw new Error(`the table of ${table.effectiveFrom} has no ${name}`);
    return rules;
  }

  function changes(uses: readonly Use[]): UsedChange[] {
    const sums = new Map<string, UsedChange>();
    for (const { accountId, direction, amount, atMs } of uses) {
      const periods = periodsAt(atMs, timeZone);
      for (const code of countedLimits(direction)) {
        const periodStart = periodOf(code, periods).start;
        const key = `${accountId} ${code} ${periodStart}`;
        const before = sums.get(key)?.amount ?? 0n;
        sums.set(key, { accountId, code, periodStart, amount: before + amount });
      }
    }
    return [...sums.values()];
  }

  return {
    enact: (sql, tables) => store.insertTables(sql, tables),
    tables: (sql) => store.tables(sql),
    rulesOf: async (sql, name) => rulesIn((await present(sql)).table, name),
    async states(sql, accounts) {
      const limited = accounts.filter(isLimited);
      if (limited.length === 0) return new Map();
      const ids = limited.map((a) => a.id);
      const { table, periods } = await present(sql);
      const [used, bindings] = await Promise.all([
        store.used(sql, ids, [periods.day.start, periods.year.start]),
        store.bindings(sql, ids),
      ]);
      return new Map(
        limited.map((account) => {
          const own: Used = {};
          for (const u of used) {
            const current = periodOf(u.code, periods).start === u.periodStart;
            if (u.accountId === account.id && current) own[u.code] = u.amount;
          }
          const state: ClassState = {
            rules: rulesIn(table, account.class as ClassRules['class']),
            effectiveFrom: table.effectiveFrom,
            used: own,
            binding: bindings.get(account.id) ?? null,
            periods,
          };
          return [account.id, state];
        }),
      );
    },
    limits: ({ rules, used, periods }, balance) => limitStates(rules, used, balance, periods),
    async count(tx, uses) {
      if (uses.length > 0) await store.addUsed(tx, changes(uses));
    },
    async giveBack(tx, uses) {
      if (uses.length > 0) await store.takeUsed(tx, changes(uses));
    },
    bind: (tx, accountId, binding) => store.bind(tx, accountId, binding),
    bindings: (sql, ids) => store.bindings(sql, ids),
  };
}
