import type { AccountClass } from '@feiqian/bank-accounts';
import type { Sql, Tx } from '@feiqian/db';
import type { ClassLimit, ClassRules, ClassTable, CountedLimit } from './classRules.ts';
import { classLimits } from './classRules.ts';

/** The Class I account that another account is bound to; the number as a keyed hash. */
export interface Binding {
  institution: string;
  numberLookup: string;
  last4: string;
  boundAtMs: number;
}

/** A change of what is used of a limit, minor units; negative gives back. */
export interface UsedChange {
  accountId: string;
  code: CountedLimit;
  /** YYYY-MM-DD. */
  periodStart: string;
  amount: bigint;
}

type TableRow = {
  effective_from: string;
  class: AccountClass;
  currency: string;
  opening: 'branch' | 'remote';
  accounts_max: number;
  plastic: boolean;
  cash: boolean;
} & Record<ClassLimit, bigint | null>;

function toRules(row: TableRow): ClassRules {
  const limits: ClassRules['limits'] = {};
  for (const code of classLimits) {
    const max = row[code];
    if (max !== null) limits[code] = max;
  }
  return {
    class: row.class,
    opening: row.opening,
    accountsMax: row.accounts_max,
    plastic: row.plastic,
    cash: row.cash,
    limits,
  };
}

/** Every statement of the module, in one bank's schema. */
export function createStore(schema: string) {
  return {
    /** Adds tables of rules; one that is there already stays as it is. */
    async insertTables(sql: Sql, tables: readonly ClassTable[]): Promise<void> {
      const rows = tables.flatMap((table) => table.classes.map((rules) => ({ table, rules })));
      const limit = (code: ClassLimit) => rows.map(({ rules }) => rules.limits[code] ?? null);
      await sql.query(
        `insert into ${schema}.class_table (effective_from, class, currency, opening, accounts_max, plastic, cash,
           ${classLimits.join(', ')})
         select * from unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::int[], $6::boolean[], $7::boolean[],
           $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
         on conflict (effective_from, class) do nothing`,
        [
          rows.map(({ table }) => table.effectiveFrom),
          rows.map(({ rules }) => rules.class),
          rows.map(({ table }) => table.currency),
          rows.map(({ rules }) => rules.opening),
          rows.map(({ rules }) => rules.accountsMax),
          rows.map(({ rules }) => rules.plastic),
          rows.map(({ rules }) => rules.cash),
          ...classLimits.map(limit),
        ],
      );
    },

    /** All tables, oldest first. */
    async tables(sql: Sql): Promise<ClassTable[]> {
      const { rows } = await sql.query<TableRow>(
        `select to_char(effective_from, 'YYYY-MM-DD') as effective_from, class, currency, opening, accounts_max,
           plastic, cash, ${classLimits.join(', ')}
           from ${schema}.class_table order by effective_from, class`,
      );
      const byDay = new Map<string, ClassRules[]>();
      for (const row of rows) {
        byDay.set(row.effective_from, [...(byDay.get(row.effective_from) ?? []), toRules(row)]);
      }
      return [...byDay].map(([effectiveFrom, classes]) => ({
        effectiveFrom,
        currency: rows[0]?.currency ?? '',
        classes,
      }));
    },

    /** What accounts have used in the periods that begin on these days. */
    async used(
      sql: Sql,
      accountIds: readonly string[],
      starts: readonly string[],
    ): Promise<{ accountId: string; code: CountedLimit; periodStart: string; amount: bigint }[]> {
      const { rows } = await sql.query<{
        account_id: string;
        code: CountedLimit;
        period_start: string;
        amount: bigint;
      }>(
        `select account_id, code, to_char(period_start, 'YYYY-MM-DD') as period_start, amount from ${schema}.used
          where account_id = any($1::uuid[]) and period_start = any($2::date[])`,
        [accountIds, starts],
      );
      return rows.map((r) => ({
        accountId: r.account_id,
        code: r.code,
        periodStart: r.period_start,
        amount: r.amount,
      }));
    },

    /** Adds to what is used; the callers hold the locks of the accounts. */
    async addUsed(tx: Tx, changes: readonly UsedChange[]): Promise<void> {
      await tx.query(
        `insert into ${schema}.used as u (account_id, code, period_start, amount)
         select * from unnest($1::uuid[], $2::text[], $3::date[], $4::bigint[])
         on conflict (account_id, code, period_start) do update set amount = u.amount + excluded.amount`,
        [
          changes.map((c) => c.accountId),
          changes.map((c) => c.code),
          changes.map((c) => c.periodStart),
          changes.map((c) => c.amount),
        ],
      );
    },

    /** Takes from what is used; the callers hold the locks of the accounts. */
    async takeUsed(tx: Tx, changes: readonly UsedChange[]): Promise<void> {
      await tx.query(
        `update ${schema}.used as u set amount = u.amount - c.amount
           from unnest($1::uuid[], $2::text[], $3::date[], $4::bigint[]) as c (account_id, code, period_start, amount)
          where u.account_id = c.account_id and u.code = c.code and u.period_start = c.period_start`,
        [
          changes.map((c) => c.accountId),
          changes.map((c) => c.code),
          changes.map((c) => c.periodStart),
          changes.map((c) => c.amount),
        ],
      );
    },

    async bind(tx: Tx, accountId: string, binding: Binding): Promise<void> {
      await tx.query(
        `insert into ${schema}.binding (account_id, institution, number_lookup, last4, bound_at)
         values ($1, $2, $3, $4, $5)
         on conflict (account_id) do update set institution = excluded.institution,
           number_lookup = excluded.number_lookup, last4 = excluded.last4, bound_at = excluded.bound_at`,
        [
          accountId,
          binding.institution,
          binding.numberLookup,
          binding.last4,
          new Date(binding.boundAtMs).toISOString(),
        ],
      );
    },

    async bindings(sql: Sql, accountIds: readonly string[]): Promise<Map<string, Binding>> {
      const { rows } = await sql.query<{
        account_id: string;
        institution: string;
        number_lookup: string;
        last4: string;
        bound_at: Date;
      }>(
        `select account_id, institution, number_lookup, last4, bound_at from ${schema}.binding
          where account_id = any($1::uuid[])`,
        [accountIds],
      );
      return new Map(
        rows.map((r) => [
          r.account_id,
          {
            institution: r.institution,
            numberLookup: r.number_lookup,
            last4: r.last4,
            boundAtMs: r.bound_at.getTime(),
          },
        ]),
      );
    },
  };
}
