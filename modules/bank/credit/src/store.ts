import type { BankApplicationState, BankDeclineReason } from '@feiqian/contract';
import type { Sql, Tx } from '@feiqian/db';
import type { Application, CreditProduct } from './application.ts';
import type { Bill } from './bill.ts';

/** When the statements of an account are made. */
export interface Schedule {
  accountId: string;
  statementDay: number;
  dueDays: number;
  /** YYYY-MM-DD. */
  nextStatement: string;
  nextCutMs: number;
}

interface ApplicationRow {
  id: string;
  customer_id: string;
  product: string;
  state: BankApplicationState;
  birth_date: string;
  monthly_income: bigint;
  employer: string | null;
  wanted_limit: bigint | null;
  credit_limit: bigint | null;
  declined_because: BankDeclineReason | null;
  account_id: string | null;
  card_id: string | null;
  created_at: Date;
  decide_at: Date | null;
  decided_at: Date | null;
}

interface ScheduleRow {
  account_id: string;
  statement_day: number;
  due_days: number;
  next_statement: string;
  next_cut: Date;
}

interface BillRow {
  id: string;
  account_id: string;
  statement_date: string;
  due_date: string;
  cut_at: Date;
  amount: bigint;
  minimum: bigint;
}

const day = (column: string) => `to_char(${column}, 'YYYY-MM-DD') as ${column}`;
const at = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
const applicationColumns = `id, customer_id, product, state, ${day('birth_date')}, monthly_income, employer, wanted_limit,
  credit_limit, declined_because, account_id, card_id, created_at, decide_at, decided_at`;
const scheduleColumns = `account_id, statement_day, due_days, ${day('next_statement')}, next_cut`;
const billColumns = `id, account_id, ${day('statement_date')}, ${day('due_date')}, cut_at, amount, minimum`;
/** Amounts in the terms of a product: JSON has no bigint. */
const moneyFields = ['annualFee', 'limitMin', 'limitMax', 'incomeMin'] as const;

function toApplication(row: ApplicationRow): Application {
  return {
    id: row.id,
    customerId: row.customer_id,
    product: row.product,
    state: row.state,
    birthDate: row.birth_date,
    monthlyIncome: row.monthly_income,
    employer: row.employer,
    wantedLimit: row.wanted_limit,
    creditLimit: row.credit_limit,
    declinedBecause: row.declined_because,
    accountId: row.account_id,
    cardId: row.card_id,
    createdAtMs: row.created_at.getTime(),
    decideAtMs: row.decide_at?.getTime() ?? null,
    decidedAtMs: row.decided_at?.getTime() ?? null,
  };
}

function toProduct(code: string, terms: Record<string, unknown>): CreditProduct {
  const amounts = Object.fromEntries(moneyFields.map((name) => [name, BigInt(String(terms[name]))]));
  return { ...terms, ...amounts, code } as unknown as CreditProduct;
}

function toSchedule(row: ScheduleRow): Schedule {
  return {
    accountId: row.account_id,
    statementDay: row.statement_day,
    dueDays: row.due_days,
    nextStatement: row.next_statement,
    nextCutMs: row.next_cut.getTime(),
  };
}

function toBill(row: BillRow): Bill {
  return {
    id: row.id,
    accountId: row.account_id,
    statementDate: row.statement_date,
    dueDate: row.due_date,
    cutAtMs: row.cut_at.getTime(),
    amount: row.amount,
    minimum: row.minimum,
  };
}

/** The statements on products and applications, in one bank's schema. */
export function createApplicationStore(schema: string) {
  return {
    /** Adds products; one whose code exists already is left as it is. */
    async insertProducts(sql: Sql, products: readonly CreditProduct[]): Promise<void> {
      await sql.query(
        `insert into ${schema}.product (code, terms, offered)
         select code, terms::jsonb, true from unnest($1::text[], $2::text[]) as p (code, terms)
         on conflict (code) do nothing`,
        [
          products.map((p) => p.code),
          products.map((p) => JSON.stringify(p, (_key, v) => (typeof v === 'bigint' ? String(v) : v))),
        ],
      );
    },

    async products(sql: Sql): Promise<CreditProduct[]> {
      const { rows } = await sql.query<{ code: string; terms: Record<string, unknown> }>(
        `select code, terms from ${schema}.product where offered order by code`,
      );
      return rows.map((r) => toProduct(r.code, r.terms));
    },

    async product(sql: Sql, code: string): Promise<CreditProduct | null> {
      const { rows } = await sql.query<{ code: string; terms: Record<string, unknown> }>(
        `select code, terms from ${schema}.product where code = $1`,
        [code],
      );
      return rows[0] ? toProduct(rows[0].code, rows[0].terms) : null;
    },

    /** False when the person has that product, or an application for it is open. */
    async insertApplication(tx: Tx, a: Application): Promise<boolean> {
      const { count } = await tx.query(
        `insert into ${schema}.application (id, customer_id, product, state, birth_date, monthly_income, employer,
           wanted_limit, credit_limit, declined_because, account_id, card_id, created_at, decide_at, decided_at)
         values ($1, $2, $3, $4, $5::date, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         on conflict (customer_id, product) where state in ('received', 'reviewing', 'approved') do nothing`,
        [
          a.id,
          a.customerId,
          a.product,
          a.state,
          a.birthDate,
          a.monthlyIncome,
          a.employer,
          a.wantedLimit,
          a.creditLimit,
          a.declinedBecause,
          a.accountId,
          a.cardId,
          at(a.createdAtMs),
          at(a.decideAtMs),
          at(a.decidedAtMs),
        ],
      );
      return count === 1;
    },

    async updateApplication(tx: Tx, a: Application): Promise<void> {
      await tx.query(
        `update ${schema}.application set state = $2, credit_limit = $3, declined_because = $4, account_id = $5,
           card_id = $6, decide_at = $7, decided_at = $8 where id = $1`,
        [
          a.id,
          a.state,
          a.creditLimit,
          a.declinedBecause,
          a.accountId,
          a.cardId,
          at(a.decideAtMs),
          at(a.decidedAtMs),
        ],
      );
    },

    async application(sql: Sql, id: string): Promise<Application | null> {
      const { rows } = await sql.query<ApplicationRow>(
        `select ${applicationColumns} from ${schema}.application where id = $1`,
        [id],
      );
      return rows[0] ? toApplication(rows[0]) : null;
    },

    async lockApplication(tx: Tx, id: string): Promise<Application | null> {
      const { rows } = await tx.query<ApplicationRow>(
        `select ${applicationColumns} from ${schema}.application where id = $1 for update`,
        [id],
      );
      return rows[0] ? toApplication(rows[0]) : null;
    },

    async anyDue(sql: Sql, nowMs: number): Promise<boolean> {
      const { rows } = await sql.query(
        `select 1 as one from ${schema}.application where state = 'reviewing' and decide_at <= $1 limit 1`,
        [at(nowMs)],
      );
      return rows.length > 0;
    },

    /** Reviews whose time has come, which nobody else is deciding. */
    async lockDue(tx: Tx, nowMs: number, limit: number): Promise<Application[]> {
      const { rows } = await tx.query<ApplicationRow>(
        `select ${applicationColumns} from ${schema}.application
          where state = 'reviewing' and decide_at <= $1 order by decide_at, id limit $2 for update skip locked`,
        [at(nowMs), limit],
      );
      return rows.map(toApplication);
    },
  };
}

/** The statements on schedules and bills, in one bank's schema. */
export function createBillStore(schema: string) {
  return {
    /** Sets when statements are made; an account that has a schedule keeps it. */
    async insertSchedules(sql: Sql, schedules: readonly Schedule[]): Promise<void> {
      await sql.query(
        `insert into ${schema}.schedule (account_id, statement_day, due_days, next_statement, next_cut)
         select * from unnest($1::uuid[], $2::int[], $3::int[], $4::date[], $5::timestamptz[])
         on conflict (account_id) do nothing`,
        [
          schedules.map((s) => s.accountId),
          schedules.map((s) => s.statementDay),
          schedules.map((s) => s.dueDays),
          schedules.map((s) => s.nextStatement),
          schedules.map((s) => at(s.nextCutMs)),
        ],
      );
    },

    async schedule(sql: Sql, accountId: string): Promise<Schedule | null> {
      const { rows } = await sql.query<ScheduleRow>(
        `select ${scheduleColumns} from ${schema}.schedule where account_id = $1`,
        [accountId],
      );
      return rows[0] ? toSchedule(rows[0]) : null;
    },

    /** Schedules whose next cut lies before an instant, which nobody else is working on. */
    async lockDue(tx: Tx, beforeMs: number, limit: number): Promise<Schedule[]> {
      const { rows } = await tx.query<ScheduleRow>(
        `select ${scheduleColumns} from ${schema}.schedule where next_cut <= $1
          order by next_cut, account_id limit $2 for update skip locked`,
        [at(beforeMs), limit],
      );
      return rows.map(toSchedule);
    },

    async advance(tx: Tx, s: Schedule): Promise<void> {
      await tx.query(
        `update ${schema}.schedule set next_statement = $2::date, next_cut = $3 where account_id = $1`,
        [s.accountId, s.nextStatement, at(s.nextCutMs)],
      );
    },

    async insertBill(tx: Tx, bill: Bill): Promise<void> {
      await tx.query(
        `insert into ${schema}.bill (id, account_id, statement_date, due_date, cut_at, amount, minimum)
         values ($1, $2, $3::date, $4::date, $5, $6, $7)`,
        [
          bill.id,
          bill.accountId,
          bill.statementDate,
          bill.dueDate,
          at(bill.cutAtMs),
          bill.amount,
          bill.minimum,
        ],
      );
    },

    /** Newest first; those older than the one named by `before`. */
    async bills(sql: Sql, accountId: string, before: string | null, limit: number): Promise<Bill[]> {
      const { rows } = await sql.query<BillRow>(
        `select ${billColumns} from ${schema}.bill
          where account_id = $1 and ($2::uuid is null or bill.statement_date <
            (select b.statement_date from ${schema}.bill b where b.id = $2::uuid and b.account_id = $1))
          order by bill.statement_date desc limit $3`,
        [accountId, before, limit],
      );
      return rows.map(toBill);
    },

    /** The cut of the statement after one, or null when it is the latest. */
    async nextCut(sql: Sql, bill: Bill): Promise<number | null> {
      const { rows } = await sql.query<{ cut_at: Date }>(
        `select cut_at from ${schema}.bill where account_id = $1 and statement_date > $2::date
          order by statement_date limit 1`,
        [bill.accountId, bill.statementDate],
      );
      return rows[0]?.cut_at.getTime() ?? null;
    },
  };
}
