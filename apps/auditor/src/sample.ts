import type { Db, Sql } from '@feiqian/db';
import { asOf, banksOf, type Report, runCheck, schemasOf } from './audit.ts';
import { type Check, everything, sampleOf } from './check.ts';
import { agreementChecks } from './checks/bank.ts';
import { cardChecks } from './checks/cards.ts';
import { entryChecks } from './checks/entries.ts';
import { ledgerChecks } from './checks/ledger.ts';
import { boundChecks, messageChecks } from './checks/messages.ts';
import { paymentChecks } from './checks/payments.ts';

/** How much one look reads. */
export interface SampleSize {
  /** Newest events, whose payments are looked at. */
  events: number;
  /** Other payments: each look goes on where the last one ended, so that all are looked at in time. */
  patrol: number;
  /** Entries since the last look that are added up; an account with more is left to the whole audit. */
  entries: number;
}

export const sampleDefault: SampleSize = { events: 600, patrol: 200, entries: 20_000 };

/** What one look found. */
export interface Look {
  /** Payments looked at. */
  payments: number;
  reports: Report[];
}

/** Runs the cheap checks over a bounded sample, again and again. */
export interface Sampler {
  look(): Promise<Look>;
}

/** An account as it was at an earlier look. */
interface Seen {
  id: string;
  at: bigint;
  debits: bigint;
  credits: bigint;
}

/**
 * A sampler over a live network's database. It reads single statements, each of which sees one moment, without a
 * transaction around them: nothing waits for it, and it never reads whole tables but those that stay small.
 */
export function createSampler(
  db: Db,
  size: SampleSize = sampleDefault,
  now: () => number = () => 0,
): Sampler {
  let patrolled: string | null = null;
  let seen: Seen[] = [];

  async function sample(): Promise<string[]> {
    const newest = await idsOf(
      db,
      `select distinct e.object_id as id from (
         select object_id from outbox.event order by xid desc, position desc limit ${size.events}) e
       join payments.payment p on p.id = e.object_id`,
    );
    const from = patrolled;
    const others = await idsOf(
      db,
      `select id from payments.payment ${from === null ? '' : 'where id > $1'} order by id limit ${size.patrol}`,
      from === null ? [] : [from],
    );
    patrolled = others.length < size.patrol ? null : (others.at(-1) ?? null);
    return [...new Set([...newest, ...others])];
  }

  return {
    async look() {
      const payments = await sample();
      const schemas = await schemasOf(db);
      const at = await asOf(db);
      const reports: Report[] = [];
      const paced = (pace: Check['pace']) => (check: Check) => check.pace === pace;
      for (const check of checksOn(sampleOf(at), schemas).filter(paced('sample'))) {
        reports.push(await runCheck(db, check, { now }, { rows: payments.length, params: [payments] }));
      }
      const counts = new Map<string, number>();
      for (const check of checksOn(everything(at), schemas).filter(paced('always'))) {
        reports.push(await runCheck(db, check, { now }, { counts }));
      }
      reports.push(await runEntries(db, seen, size.entries, now));
      seen = await accountsOf(db, payments);
      return { payments: payments.length, reports };
    },
  };
}

function checksOn(scope: ReturnType<typeof everything>, schemas: ReadonlySet<string>): Check[] {
  return [
    ...ledgerChecks('ledger', 'network'),
    ...entryChecks(scope),
    ...paymentChecks(scope),
    ...messageChecks(scope),
    ...boundChecks(scope.asOf),
    ...cardChecks(scope),
    ...banksOf(schemas).flatMap((bank) => agreementChecks(bank, scope)),
  ];
}

async function idsOf(sql: Sql, text: string, params: string[] = []): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(text, params);
  return rows.map((r) => r.id);
}

/** The accounts that these payments moved, as they are now. */
async function accountsOf(sql: Sql, payments: readonly string[]): Promise<Seen[]> {
  const { rows } = await sql.query<Seen>(
    `select a.id, a.last_timestamp as at, a.debits_posted as debits, a.credits_posted as credits
     from ledger.accounts a where a.id in (
       select t.debit_account_id from ledger.transfers t where t.id = any($1::uuid[])
       union select t.credit_account_id from ledger.transfers t where t.id = any($1::uuid[]))`,
    [payments],
  );
  return rows;
}

/**
 * What was posted to accounts since an earlier look is what their balances changed by. An account's entries have
 * rising timestamps, so those since then are found by its index.
 */
async function runEntries(
  sql: Sql,
  before: readonly Seen[],
  entriesMax: number,
  now: () => number,
): Promise<Report> {
  const since = (side: string) => `
    select count(*) as n, coalesce(sum(amount) filter (where flags & 10 = 0), 0) as posted from (
      select amount, flags from ledger.transfers t where t.${side}_account_id = b.id and t.timestamp > b.at
      limit ${entriesMax + 1}) entries`;
  const check: Check = {
    id: 'L3',
    name: 'entries_since',
    of: 'network',
    title: {
      en: 'accounts that moved changed by their entries since the last look',
      zh: '自上次查看以来，有变动的账户，余额变化等于新增划转之和',
    },
    subject: 'account',
    over: 'ledger.accounts',
    pace: 'sample',
    sql: `select a.id::text as what, 'debits rose by ' || a.debits_posted - b.debits || ', entries ' || d.posted || '; credits by '
        || a.credits_posted - b.credits || ', entries ' || c.posted as found
      from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[]) as b (id, at, debits, credits)
      join ledger.accounts a on a.id = b.id
      cross join lateral (${since('debit')}) d cross join lateral (${since('credit')}) c
      where d.n <= ${entriesMax} and c.n <= ${entriesMax}
        and (a.debits_posted - b.debits, a.credits_posted - b.credits) is distinct from (d.posted, c.posted)`,
  };
  const params = [
    before.map((b) => b.id),
    before.map((b) => b.at),
    before.map((b) => b.debits),
    before.map((b) => b.credits),
  ];
  return runCheck(sql, check, { now }, { rows: before.length, params });
}
