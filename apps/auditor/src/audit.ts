import type { Db, Sql, SqlValue } from '@feiqian/db';
import { type Check, everything } from './check.ts';
import { givenAnswersSql, savedAnswerChecks } from './checks/answers.ts';
import { agreementChecks, type BankSchemas, bankChecks } from './checks/bank.ts';
import { type BinRange, cardChecks, cardNumberCheck, type TextColumn, walletChecks } from './checks/cards.ts';
import { entryChecks } from './checks/entries.ts';
import { ledgerChecks } from './checks/ledger.ts';
import { boundChecks, messageChecks } from './checks/messages.ts';
import { paymentChecks } from './checks/payments.ts';
import { repaidChecks, repaymentChecks } from './checks/repayments.ts';
import { requestChecks } from './checks/requests.ts';
import { legChecks, transferChecks } from './checks/transfers.ts';

/** What one check found. */
export interface Report {
  id: string;
  name: string;
  of: string;
  title: Check['title'];
  subject: Check['subject'];
  /** Rows looked at. */
  rows: number;
  /** Rows that break the invariant. */
  findings: number;
  /** The first of them: which row, and how. */
  examples: { what: string; found: string }[];
  /** How long it took; 0 when no clock was given. */
  ms: number;
}

/** A row that breaks an invariant. */
export interface Difference {
  check: string;
  title: string;
  what: string;
  found: string;
}

export interface AuditResult {
  checks: number;
  reports: Report[];
  /** The examples of all reports. */
  differences: Difference[];
}

export interface AuditOptions {
  /** Told of each check as soon as it is done. */
  onReport?: (report: Report) => void;
  /** Ends with the first check that finds something. */
  stopAtFirst?: boolean;
  /** Rows shown of one check at the most. */
  examplesMax?: number;
  /** Bodies of answers that callers received, each a JSON text: what they say must be in the database (I1). */
  answers?: AsyncIterable<string> | Iterable<string>;
  /** Leaves the other checks out. */
  only?: (check: Check) => boolean;
  /** A clock, to tell how long each check takes. */
  now?: () => number;
}

/** Rows shown of one check when nothing else is asked for. */
export const examplesDefault = 5;
/** Given answers compared in one statement. */
const answersAtOnce = 5_000;

/**
 * Proves the books from rows alone: every ledger in the database (the network's and each reference bank's), payments,
 * refunds, reversals, cards, saved answers and events. Reads one moment of the database, in a transaction that may
 * not write.
 */
export function audit(db: Db, options: AuditOptions = {}): Promise<AuditResult> {
  return db.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    // However the connection plans otherwise, whole tables are read whole.
    await tx.query('set local enable_seqscan = on');
    await tx.query('set local enable_hashjoin = on');
    await tx.query('set local enable_mergejoin = on');
    // Sums over millions of rows in memory rather than on disk; this transaction alone.
    await tx.query("set local work_mem = '128MB'");
    return auditIn(tx, options);
  });
}

/** The same inside the caller's transaction, whatever it may do. */
export async function auditIn(sql: Sql, options: AuditOptions = {}): Promise<AuditResult> {
  return runChecks(sql, await checksOf(sql), options);
}

/** Runs these checks. */
export async function runChecks(
  sql: Sql,
  checks: readonly Check[],
  options: AuditOptions = {},
): Promise<AuditResult> {
  const counts = new Map<string, number>();
  const reports: Report[] = [];
  const goesOn = (report: Report) => {
    reports.push(report);
    options.onReport?.(report);
    return options.stopAtFirst !== true || report.findings === 0;
  };
  const wanted = checks.filter(options.only ?? (() => true));
  for (const check of wanted) {
    if (!goesOn(await runCheck(sql, check, options, { counts }))) return resultOf(reports);
  }
  if (options.answers !== undefined && wanted.length > 0) {
    goesOn(await runAnswers(sql, options.answers, options));
  }
  return resultOf(reports);
}

function resultOf(reports: Report[]): AuditResult {
  const differences = reports.flatMap((r) =>
    r.examples.map((e) => ({ check: r.id, title: `${r.of}: ${r.title.en}`, ...e })),
  );
  return { checks: reports.length, reports, differences };
}

/** Every check that this database has the tables for. */
export async function checksOf(sql: Sql): Promise<Check[]> {
  const schemas = await schemasOf(sql);
  const banks = banksOf(schemas);
  const network = schemas.has('payments') && schemas.has('ledger');
  const checks: Check[] = [];
  if (schemas.has('ledger')) checks.push(...ledgerChecks('ledger', 'network'));
  const scope = network ? everything(await asOf(sql)) : null;
  if (scope !== null) {
    checks.push(
      ...entryChecks(scope),
      ...paymentChecks(scope),
      ...messageChecks(scope),
      ...boundChecks(scope.asOf),
      ...cardChecks(scope),
      ...walletChecks,
      ...cardNumberCheck(await textColumns(sql, schemas), await binRanges(sql)),
      ...savedAnswerChecks,
      ...banks.flatMap((bank) => agreementChecks(bank, scope)),
    );
  }
  if (scope !== null && schemas.has('transfers'))
    checks.push(...transferChecks(scope.asOf), ...requestChecks, ...banks.flatMap(legChecks));
  if (scope !== null && schemas.has('credit'))
    checks.push(...repaymentChecks, ...banks.flatMap(repaidChecks));
  for (const bank of banks) checks.push(...ledgerChecks(bank.ledger, bank.code), ...bankChecks(bank));
  return checks;
}

/** What a check is run over: the rows that there are, unless they are known, and the parameters of its statement. */
interface Over {
  counts?: Map<string, number>;
  rows?: number;
  params?: readonly SqlValue[];
}

/** Runs one check. */
export async function runCheck(
  sql: Sql,
  check: Check,
  options: Pick<AuditOptions, 'now' | 'examplesMax'>,
  over: Over,
): Promise<Report> {
  const startMs = options.now?.() ?? 0;
  const examplesMax = options.examplesMax ?? examplesDefault;
  const { rows } = await sql.query<{ what: string; found: string; findings: bigint }>(
    `select q.what, q.found, count(*) over () as findings from (${check.sql}) q order by q.what limit ${examplesMax}`,
    over.params,
  );
  const { id, name, of, title, subject } = check;
  return {
    ...{ id, name, of, title, subject },
    rows: over.rows ?? (await countOf(sql, check.over, over.counts ?? new Map())),
    findings: Number(rows[0]?.findings ?? 0),
    examples: rows.map(({ what, found }) => ({ what, found })),
    ms: (options.now?.() ?? 0) - startMs,
  };
}

/** Rows in a list of tables; each table is counted once. */
async function countOf(sql: Sql, over: string, counts: Map<string, number>): Promise<number> {
  let sum = 0;
  for (const table of over.split(', ')) {
    let count = counts.get(table);
    if (count === undefined) {
      const { rows } = await sql.query<{ n: bigint }>(`select count(*) as n from ${table}`);
      count = Number(rows[0]?.n ?? 0);
      counts.set(table, count);
    }
    sum += count;
  }
  return sum;
}

/** Compares answers that callers kept with the database, so many at a time. */
async function runAnswers(
  sql: Sql,
  answers: NonNullable<AuditOptions['answers']>,
  options: AuditOptions,
): Promise<Report> {
  const startMs = options.now?.() ?? 0;
  const report: Report = {
    id: 'I1',
    name: 'given_answers_are_true',
    of: 'network',
    title: { en: 'what callers were told is in the database', zh: '告知调用方的都在数据库里' },
    subject: 'payment',
    rows: 0,
    findings: 0,
    examples: [],
    ms: 0,
  };
  const compare = async (bodies: readonly string[]) => {
    const { rows } = await sql.query<{ what: string; found: string }>(givenAnswersSql, [bodies]);
    report.rows += bodies.length;
    report.findings += rows.length;
    report.examples.push(...rows.slice(0, (options.examplesMax ?? examplesDefault) - report.examples.length));
  };
  let some: string[] = [];
  for await (const body of answers) {
    some.push(body);
    if (some.length < answersAtOnce) continue;
    await compare(some);
    some = [];
  }
  if (some.length > 0) await compare(some);
  return { ...report, ms: (options.now?.() ?? 0) - startMs };
}

/** The schemas that hold tables, but those of the engine itself. */
export async function schemasOf(sql: Sql): Promise<Set<string>> {
  const { rows } = await sql.query<{ name: string }>(
    `select distinct n.nspname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1`,
  );
  return new Set(rows.map((r) => r.name));
}

/** The reference banks that live in this database, by the names of their schemas. */
export function banksOf(schemas: ReadonlySet<string>): BankSchemas[] {
  return [...schemas].flatMap((schema) => {
    const code = /^bank_([a-z0-9]+)_ledger$/.exec(schema)?.[1];
    if (code === undefined) return [];
    const named = (part: string) => `bank_${code}_${part}`;
    return [
      {
        code,
        ledger: schema,
        accounts: named('accounts'),
        authorisation: named('authorisation'),
        classes: named('classes'),
      },
    ];
  });
}

/** The instant of the newest event as an SQL literal: what happened before it is in the database. */
export async function asOf(sql: Sql): Promise<string> {
  const { rows } = await sql.query<{ at: Date }>(
    'select at from outbox.event order by xid desc, position desc limit 1',
  );
  return `timestamptz '${(rows[0]?.at ?? new Date(0)).toISOString()}'`;
}

/** Columns of text that this connection may read: a read-only role does not see secrets. */
async function textColumns(sql: Sql, schemas: ReadonlySet<string>): Promise<TextColumn[]> {
  const { rows } = await sql.query<TextColumn>(
    `select n.nspname as schema, c.relname as "table", a.attname as "column"
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind = 'r' and n.nspname = any($1::text[])
       and a.atttypid = any(array['text', 'bpchar', 'varchar', 'json', 'jsonb']::regtype[])
       and has_schema_privilege(n.oid, 'usage') and has_column_privilege(c.oid, a.attnum, 'select')
     order by 1, 2, a.attnum`,
    [[...schemas]],
  );
  return rows;
}

async function binRanges(sql: Sql): Promise<BinRange[]> {
  const { rows } = await sql.query<BinRange>(
    'select range_low as low, range_high as high from members.bin_range order by 1',
  );
  return rows;
}
